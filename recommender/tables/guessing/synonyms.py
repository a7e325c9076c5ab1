"""What other programs call our columns, in English and German, best name first."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CUSTOMER = (
    "customerid customer customerno customernumber customercode custid custno custnum kundennummer "
    "kundennr kundenid kunde kdnr debitor debitornr debitorennummer clientid client clientno "
    "accountid account accountno accountnumber storeid storenumber store shopid shop buyerid buyer "
    "userid user soldto soldtoparty memberid visitorid outlet"
)
_PRODUCT = (
    "productid product productno productcode productnumber stockcode sku skuid skucode itemid item "
    "itemno itemnumber itemcode articleid article articleno articlenumber artikelnummer artikelnr "
    "artikelid artikel artnr material materialnummer materialnumber productkey asin ean gtin upc "
    "partnumber partno partid produktnummer produktid produkt"
)
_NAME = (
    "name description itemdescription productname productdescription articlename title bezeichnung "
    "artikelbezeichnung beschreibung customername storename companyname company firma firmenname "
    "kundenname produktname artikelname"
)
SYNONYMS: dict[str, dict[str, str]] = {
    "purchases": {
        "customer_id": _CUSTOMER,
        "product_id": _PRODUCT,
        "purchased_at": (
            "purchasedat purchasedate invoicedate orderdate transactiondate datetime date "
            "timestamp orderedat createdat saledate salesdate postingdate bookingdate day "
            "rechnungsdatum bestelldatum auftragsdatum belegdatum buchungsdatum kaufdatum "
            "lieferdatum datum zeitpunkt tag"
        ),
        "quantity": (
            "quantity qty orderqty quantityordered bottlessold unitssold units pieces count menge "
            "anzahl stueck stück stk stückzahl stueckzahl absatz n"
        ),
        "unit_price": (
            "unitprice price priceeach salesprice netprice einzelpreis stückpreis stueckpreis "
            "stkpreis preis verkaufspreis vkpreis nettopreis epreis"
        ),
        "order_id": (
            "orderid order orderno ordernumber salesorderid salesordernumber invoiceid invoiceno "
            "invoicenumber invoice invoiceitemnumber transactionid receiptid receipt basketid "
            "belegnummer belegnr beleg auftragsnummer auftragsnr auftrag rechnungsnummer "
            "rechnungsnr rechnung bestellnummer bestellnr bestellung bon bonnr vorgang"
        ),
        "channel": (
            "channel saleschannel orderchannel channelname orderedvia ordersource kanal "
            "vertriebskanal vertriebsweg bestellkanal bestellweg absatzkanal"
        ),
    },
    "products": {
        "product_id": _PRODUCT,
        "name": _NAME,
        "category": (
            "category categoryname productcategory subcategory group productgroup itemgroup class "
            "department kategorie warengruppe artikelgruppe produktgruppe gruppe sortiment"
        ),
        "brand": (
            "brand brandname manufacturer maker vendorname vendor supplier marke "
            "hersteller lieferant"
        ),
        "price": (
            "price listprice retailprice unitprice salesprice statebottleretail bottleretail "
            "retail preis listenpreis verkaufspreis vkpreis vk"
        ),
        "cost": (
            "cost unitcost standardcost purchaseprice statebottlecost bottlecost kosten "
            "einkaufspreis ekpreis ek selbstkosten"
        ),
        "in_stock": (
            "instock available isavailable active isactive lieferbar verfügbar vorrätig "
            "lagerbestand bestand stock stockqty qtyonhand quantityonhand onhand"
        ),
        "listed_at": (
            "listedat listdate launchdate introducedat sellstartdate listungsdatum eingeführt"
        ),
    },
    "customers": {
        "customer_id": _CUSTOMER,
        "name": _NAME,
        "segment": "segment customersegment customertype customergroup type businesstype branche "
        "kundengruppe kundentyp kundensegment chain",
        "region": "region territory area state county district gebiet bundesland verkaufsgebiet",
        "rep": "rep salesrep salesperson salespersonid accountmanager vertreter betreuer "
        "außendienst aussendienst verkäufer",
        "parent_id": (
            "parentid parent parentcustomerid headquarters groupid konzern zentrale mutter"
        ),
    },
    "events": {
        "customer_id": _CUSTOMER,
        "product_id": _PRODUCT,
        "event": "event eventtype eventname action type aktion ereignis ereignistyp",
        "happened_at": (
            "happenedat eventtime eventdate timestamp datetime date time createdat zeitpunkt datum"
        ),
    },
}


REQUIRED = {
    "purchases": ("customer_id", "product_id", "purchased_at"),
    "events": ("customer_id", "product_id", "event", "happened_at"),
    "products": ("product_id",),
    "customers": ("customer_id",),
}


def is_complete(table: str, headings: Sequence[str]) -> bool:
    """Whether all required columns are found; a title is one cell, so one alone is no list."""
    enough = len(REQUIRED[table]) > 1 or sum(map(bool, headings)) > 1
    return enough and set(REQUIRED[table]) <= match_columns(table, headings).keys()


def plain(heading: str) -> str:
    """A heading without case, blanks and marks."""
    return re.sub(r"[\W_]+", "", heading.casefold())


def match_columns(table: str, headings: Sequence[str]) -> dict[str, str]:
    """Our name -> the heading that stands for it; a heading serves one column only."""
    free = {plain(h): h for h in reversed(headings)}
    found = {}
    for ours, synonyms in SYNONYMS[table].items():
        words = [plain(ours), *map(plain, synonyms.split())]
        word = next((w for w in words if w in free), None)
        if word is not None:
            found[ours] = free.pop(word)
    return found
