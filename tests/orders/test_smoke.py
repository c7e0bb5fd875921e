from tests import factories
from tests.conftest import NOW


def test_place(havsbris, anna):
    order = factories.make_order(havsbris, by=anna, at=NOW)
    assert order.state == "submitted"
