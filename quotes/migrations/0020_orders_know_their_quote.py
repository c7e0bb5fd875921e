"""Orders from before know the number of the quote that they were made from, and its terms (ORD-56)."""

from django.db import migrations

NUMBER = """
UPDATE orders_order AS placed SET quote_number = quote.number
FROM quotes_quoteorder AS link JOIN quotes_quote AS quote ON quote.id = link.quote_id
WHERE link.order_id = placed.id AND placed.quote_number = '';
UPDATE orders_orderline AS line SET term_months = quoted.term_months
FROM quotes_quoteorder AS link JOIN quotes_quoteline AS quoted ON quoted.quote_id = link.quote_id
WHERE link.order_id = line.order_id AND quoted.product_id = line.product_id;
UPDATE orders_service AS service
SET term_months = line.term_months,
    term_ends_on = (service.started_on + make_interval(months => line.term_months)
        - interval '1 day')::date
FROM orders_orderline AS line
WHERE line.id = service.made_by_id AND line.term_months > 0;
"""


class Migration(migrations.Migration):
    dependencies = [("quotes", "0004_waiting_quotes"), ("orders", "0040_term_and_source")]
    operations = [migrations.RunSQL(NUMBER, migrations.RunSQL.noop)]
