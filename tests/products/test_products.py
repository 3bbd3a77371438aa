"""Products, made and changed."""

from tests.conftest import Company
from tests.records import made

FIELDS = "sku name kind category active custom version"


async def test_a_product_is_made_and_changed(company: Company) -> None:
    product = await made(company, "Product", show=f"id {FIELDS}", sku="K-1", name="Kettle", custom={"volt": 230})
    id_ = product.pop("id")
    assert product == {
        "sku": "K-1",
        "name": "Kettle",
        "kind": "GOOD",
        "category": None,
        "active": True,
        "custom": {"volt": 230},
        "version": 1,
    }
    text = f"mutation ($input: UpdateProductInput!) {{ updateProduct(input: $input) {{ product {{ {FIELDS} }} }} }}"
    changed = await company.data(text, {"input": {"id": id_, "version": 1, "kind": "SERVICE", "sku": None}})
    assert changed["updateProduct"]["product"] == product | {"kind": "SERVICE", "sku": None, "version": 2}


async def test_equal_content_is_no_change(company: Company) -> None:
    id_ = await made(company, "Product", name="Kettle")
    events = await company.event_count()
    text = "mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { product { version } } }"
    same = await company.data(text, {"input": {"id": id_, "version": 1, "name": "Kettle"}})
    assert same["updateProduct"]["product"] == {"version": 1}
    assert await company.event_count() == events
