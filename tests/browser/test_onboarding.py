"""Onboarding in a real browser: both platforms, leaving and coming back, phone, no scripts."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, violations

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def _begin(page: Page, platform: str) -> None:
    page.goto("/onboarding/")
    page.get_by_role("link", name="Onboard a new customer").click()
    page.get_by_text(platform, exact=True).click()
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/customer/")


def _person(page: Page, kind: str, row: int, name: str, email: str, role: str = "") -> None:
    page.locator(f"[name={kind}-{row}-name]").fill(name)
    page.locator(f"[name={kind}-{row}-email]").fill(email)
    if role:
        page.locator(f"[name={kind}-{row}-role]").select_option(label=role)


def _fill_customer(page: Page, name: str, host: str) -> None:
    page.get_by_label("Customer name").fill(name)
    page.get_by_label("E-mail domains").fill(host)
    page.get_by_label("Street").fill("Hamngatan 2")
    page.get_by_label("Postal code").fill("111 47")
    page.get_by_label("Town").fill("Stockholm")
    page.get_by_label(re.compile("Credit limit")).fill("5000")
    page.get_by_label("Billing e-mail").fill(f"faktura@{host}")
    _person(page, "support", 0, "Edda Holm", f"edda@{host}", "Maintainer")
    _person(page, "support", 1, "Nils Rask", f"nils@{host}", "On-site administrator")


def _next(page: Page, to: str) -> None:
    page.get_by_role("button", name="Next", exact=True).click()
    page.wait_for_url(f"**/{to}/")


def _fill_gateway(page: Page) -> None:
    page.get_by_label("Name of the gateway").fill("GW-Test")
    page.get_by_label("Serial number").fill("gw10099001")
    page.get_by_label("MAC address").fill("00085d4a9901")
    page.get_by_label("Network", exact=True).select_option(label="Automatic (DHCP)")


def test_new_customer_is_onboarded_with_leaving_and_coming_back(visit: OpenPage) -> None:
    """ONB-01, ONB-14, ONB-20, ONB-22, ONB-24: errors, Save and back, resume, reopen, complete."""
    page = visit("nordlys", "anna@nordlys.example")
    _begin(page, "MiVoice Office 400")
    page.get_by_role("button", name="Next", exact=True).click()
    errors = page.locator("#errors")
    expect(errors).to_contain_text("Add at least one Maintainer.")
    expect(errors).to_contain_text("Enter the customer's name.")
    assert violations(page) == []
    _fill_customer(page, "Skeppsholmens Varv AB", "skeppsvarv.example")
    page.get_by_role("button", name="Add an administrator").click()
    _person(page, "admins", 0, "Edda Holm", "edda@skeppsvarv.example")
    _next(page, "gateway")
    assert violations(page) == []
    expect(page.get_by_label("Router")).to_be_hidden()
    _fill_gateway(page)
    page.locator("[name=f-site]").select_option(label="A new site")
    page.get_by_label("Name of the site").fill("Varvet")
    _next(page, "pbx")
    page.get_by_label("Software version").fill("7.2")
    page.get_by_role("button", name="Save and back").click()
    page.wait_for_url(re.compile(r"localhost:\d+/$"))

    page.goto("/onboarding/")
    page.get_by_role("link", name=re.compile("Skeppsholmens Varv AB")).click()
    page.wait_for_url("**/pbx/")
    expect(page.get_by_label("Software version")).to_have_value("7.2")
    page.get_by_label("Type", exact=True).select_option(label="MiVoice Office 430")
    page.get_by_label("IP address").fill("10.1.0.2")
    page.get_by_label("Extension ranges").fill("199-100")
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator("#errors")).to_contain_text("runs backwards")
    page.get_by_label("Extension ranges").fill("100-199")
    _next(page, "connect")
    page.get_by_label("Host name or IP address").fill("192.168.1.10")
    page.get_by_label("Port", exact=True).fill("8443")
    page.get_by_label("User name").fill("service")
    page.get_by_label("Password").fill("Br1ght-Key")
    page.get_by_role("button", name="Check the address").click()
    expect(page.get_by_text("Not a public address")).to_be_visible(timeout=20_000)
    assert violations(page) == []
    _next(page, "summary")
    assert violations(page) == []
    expect(page.get_by_text("Kept encrypted, never shown")).to_be_visible()
    assert "Br1ght-Key" not in page.content()

    page.get_by_role("link", name=re.compile("Change.*Gateway")).click()
    page.get_by_label("Name of the gateway").fill("GW-Varvet")
    _next(page, "pbx")
    _next(page, "connect")
    _next(page, "summary")
    page.get_by_role("button", name="Complete the onboarding").click()
    page.wait_for_url("**/customers/**")
    systems = page.locator("section", has=page.locator("#c-systems"))
    expect(systems).to_contain_text("MiVoice Office 400, GW-Varvet")
    expect(systems).to_contain_text("00:08:5D:4A:99:01")
    assert violations(page) == []


def test_controller_on_a_phone_is_tried_with_a_sample_and_cancelled(visit: OpenPage) -> None:
    """ONB-02, ONB-21, ONB-29: at 390 px; the name is free again."""
    page = visit("nordlys", "jonas@nordlys.example", **PHONE)
    for _round in range(2):
        _begin(page, "SMB Controller")
        page.get_by_text("Paste a whole address").click()
        page.get_by_label("Address on several lines").fill("Kajen 4\n211 20 Malmö\nSweden")
        page.get_by_role("button", name="Take it apart").click()
        expect(page.get_by_label("Town")).to_have_value("Malmö")
        _fill_customer(page, "Kajens Kiosk AB", "kajenskiosk.example")
        _next(page, "gateway")
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        _fill_gateway(page)
        _next(page, "sync")
        page.locator("[name=sample]").fill("name;extension\nEdda Holm;100\nNils Rask;100")
        page.get_by_role("button", name="Read the sample").click()
        expect(page.get_by_text("2 people were read (CSV).")).to_be_visible()
        expect(page.get_by_text("Nils Rask has the number of Edda Holm.")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert violations(page) == []
        page.get_by_role("link", name="Cancel", exact=True).click()
        page.get_by_role("button", name="Cancel the onboarding").click()
        page.wait_for_url(re.compile(r"localhost:\d+/$"))
    page.goto("/customers/?q=Kajens+Kiosk")
    expect(page.locator("tbody th")).to_have_count(0)


def test_people_are_added_without_scripts(visit: OpenPage) -> None:
    """ONB-15: what was typed stays, and the steps work."""
    page = visit("nordlys", "anna@nordlys.example", java_script_enabled=False)
    _begin(page, "SMB Controller")
    _fill_customer(page, "Utan Skript AB", "utanskript.example")
    page.get_by_role("button", name="Add a support contact").click()
    expect(page.get_by_label("Customer name")).to_have_value("Utan Skript AB")
    _person(page, "support", 2, "Tredje Person", "tredje@utanskript.example", "Other")
    _next(page, "gateway")
    expect(page.get_by_label("Router")).to_be_visible()
    _fill_gateway(page)
    _next(page, "sync")
    page.get_by_role("link", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Cancel the onboarding").click()


def test_platform_added_in_the_admin_works_without_a_line_of_code(visit: OpenPage) -> None:
    """ONB-01: channel sales adds platform, step and field; a partner onboards onto it."""
    staff = visit("", "staff@kontor.example")
    staff.goto("/admin/catalog/platform/add/")
    staff.locator("[name=code]").fill("radio")
    staff.locator("[name=name]").fill("Radio Exchange")
    staff.locator("[name=is_offered]").check()
    staff.get_by_role("button", name="Save", exact=True).click()
    staff.goto("/admin/catalog/platformstep/add/")
    staff.locator("[name=platform]").select_option(label="Radio Exchange")
    staff.locator("[name=code]").fill("masts")
    staff.locator("[name=title]").fill("Masts")
    staff.get_by_role("button", name="Add another Field of a step").click()
    staff.locator("[name=fields-0-code]").fill("number")
    staff.locator("[name=fields-0-label]").fill("Number of masts")
    staff.locator("[name=fields-0-kind]").select_option(label="Number")
    staff.get_by_role("button", name="Save", exact=True).click()
    expect(staff.locator(".messagelist .success")).to_be_visible()

    page = visit("harbour", "oliver@harbour.example")
    page.goto("/customers/?q=Clifton+Downs")
    page.locator("tbody th a").first.click()
    page.locator("section", has=page.locator("#c-systems")).get_by_role(
        "link", name="Onboard", exact=True
    ).click()
    page.get_by_text("Radio Exchange", exact=True).click()
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/customer/")
    _next(page, "masts")
    page.get_by_label("Number of masts").fill("three")
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator("#errors")).to_contain_text("Enter a whole number.")
    page.get_by_label("Number of masts").fill("3")
    _next(page, "summary")
    page.get_by_role("button", name="Complete the onboarding").click()
    page.wait_for_url("**/customers/**")
    expect(page.locator("section", has=page.locator("#c-systems"))).to_contain_text(
        "Radio Exchange"
    )
