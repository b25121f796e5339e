"""By which statements of SQL is a day aligned, grouped and compared? Each makes a table that the next ones read."""

from bridge.model.breaks import Outcome

SEPARATORS = r"[\s,;/|+&、]+"
CODES = (
    """CREATE TEMP TABLE known AS SELECT key, row_number() OVER () AS code
    FROM (SELECT key FROM crm UNION SELECT key FROM ledger)""",
    """CREATE TEMP TABLE entries AS SELECT l.* EXCLUDE (key, order_number), k.code
    FROM ledger l JOIN known k USING (key)""",
    """CREATE TEMP TABLE named AS SELECT document, min_by(code, record) AS code FROM entries
    WHERE document IS NOT NULL GROUP BY document""",
    f"""CREATE TEMP TABLE words AS SELECT record, live, place, k.code FROM (
        SELECT record, live, unnest(words) AS word, generate_subscripts(words, 1) AS place FROM (
            SELECT record, live, string_split_regex(reference, '{SEPARATORS}') AS words FROM erp
            WHERE regexp_matches(reference, '{SEPARATORS}') AND reference NOT IN (SELECT key FROM known)))
    JOIN known k ON k.key = word""",
    """CREATE TEMP TABLE documents AS
    SELECT e.* EXCLUDE (reference, po_number, live), coalesce(k.code, w.code, n.code, -1 - e.record) AS code,
        CASE WHEN coalesce(k.code, w.code) IS NOT NULL THEN 1 WHEN n.code IS NOT NULL THEN 2 ELSE 0 END AS pass,
        coalesce(n.code = coalesce(k.code, w.code, n.code), false) AS owned
    FROM erp e LEFT JOIN known k ON k.key = e.reference
    LEFT JOIN (SELECT record, min_by(code, place) AS code FROM words GROUP BY record) w ON w.record = e.record
    LEFT JOIN named n ON n.document = e.number
    WHERE e.live""",
)
JOINED = (
    """CREATE TEMP TABLE joined AS
    SELECT f.code AS a, w.code AS b FROM words w
        JOIN (SELECT record, min_by(code, place) AS code FROM words GROUP BY record) f USING (record) WHERE w.live
    UNION SELECT n.code, e.code FROM entries e JOIN named n USING (document)
        WHERE n.code <> e.code AND document IN (SELECT number FROM documents)""",
)
OWN_NUMBERS = (
    """CREATE TEMP TABLE nobodys AS SELECT record, reference, po_number FROM erp
    WHERE record IN (SELECT record FROM documents WHERE pass = 0)""",
    """CREATE TEMP TABLE numbers AS SELECT number, CASE WHEN count(*) = 1 THEN min(record) ELSE -2 END AS holder
    FROM crm WHERE number <> '' AND number IN (SELECT reference FROM nobodys UNION SELECT po_number FROM nobodys)
    GROUP BY number""",
    """CREATE TEMP TABLE own AS SELECT n.record, k.code FROM (
        SELECT record, coalesce(r.holder, p.holder) AS holder FROM nobodys
            LEFT JOIN numbers r ON r.number = reference LEFT JOIN numbers p ON p.number = po_number
        WHERE coalesce(r.holder, p.holder) = coalesce(p.holder, r.holder)) n
    JOIN crm c ON c.record = holder JOIN known k USING (key)
    WHERE k.code NOT IN (SELECT code FROM entries WHERE committed OR uncertain
        UNION SELECT a FROM joined UNION SELECT b FROM joined UNION SELECT code FROM documents WHERE pass > 0)
    QUALIFY count(*) OVER (PARTITION BY holder) = 1""",
    "UPDATE documents SET code = own.code, pass = 4 FROM own WHERE documents.record = own.record",
)
ROOTS = (
    """CREATE TEMP TABLE roots AS WITH RECURSIVE
    both_ways AS (SELECT a, b FROM joined UNION SELECT b, a FROM joined),
    reach AS (SELECT a AS code, a AS root FROM both_ways
        UNION SELECT w.b, r.root FROM reach r JOIN both_ways w ON w.a = r.code)
    SELECT code, min(root) AS root FROM reach GROUP BY code""",
)
SAID = ["company", "texts", "discount", "freight", "tax"]
CRM = ["customer", "currency", "date", "status", "minor", "invalid", "released", "two_sided", "gross", *SAID]
LEDGER = ["document", "last_status", "posted", "committed", "uncertain"]
ERP = ["number", "customer", "currency", "date", "status", "minor", "invalid", "opened", "pass", *SAID]
BLANK = {"invalid": "false", "released": "false", "posted": "false", "committed": "false", "uncertain": "false"}
BLANK |= {"opened": "false", "pass": "0", "two_sided": "false", "gross": "false"}


def _columns(prefix: str, alias: str, names: list[str]) -> str:
    told = (f"coalesce({alias}.{name}, {BLANK[name]})" if name in BLANK else f"{alias}.{name}" for name in names)
    return ", ".join(f"{text} AS {prefix}_{name}" for text, name in zip(told, names, strict=True))


SIDES = f"{_columns('crm', 'c', CRM)}, {_columns('ledger', 'l', LEDGER)}, {_columns('erp', 'd', ERP)}"
PERIOD = "coalesce(c.in_period, false) OR coalesce(l.in_period, false) OR coalesce(d.in_period, false) AS in_period"
POSITIONS = "coalesce(c.record, -1) AS crm, coalesce(l.record, -1) AS ledger, coalesce(d.record, -1) AS erp"
WHOLE = f"{POSITIONS}, {PERIOD}, {SIDES}"
ROWS = (
    """CREATE TEMP TABLE orders AS SELECT c.*, k.code,
        row_number() OVER (PARTITION BY k.code ORDER BY NOT owner, NOT released, record) AS rank
    FROM crm c JOIN known k USING (key)""",
    """CREATE TEMP TABLE stored AS SELECT *,
        row_number() OVER (PARTITION BY code ORDER BY pass, NOT owned, record) AS rank FROM documents""",
    f"""CREATE TEMP TABLE laid AS SELECT r.*, coalesce(o.root, r.code) AS root FROM (
        SELECT k.code, false AS excess, {WHOLE} FROM known k
            LEFT JOIN (SELECT * FROM orders WHERE rank = 1) c USING (code) LEFT JOIN entries l USING (code)
            LEFT JOIN (SELECT * FROM stored WHERE rank = 1) d USING (code)
        UNION ALL SELECT coalesce(c.code, d.code), coalesce(c.rank, d.rank) > 1, {WHOLE}
            FROM (SELECT * FROM orders WHERE rank > 1) c
            FULL JOIN (SELECT * FROM stored WHERE rank > 1 OR code < 0) d ON false
            LEFT JOIN (SELECT * FROM entries WHERE false) l ON false) r
    LEFT JOIN roots o USING (code)""",
    """CREATE TEMP TABLE ruled AS SELECT *, CASE
        WHEN NOT in_period AND root NOT IN (SELECT root FROM laid WHERE in_period AND root IN (
            SELECT root FROM laid WHERE NOT in_period)) THEN 'outside_period'
        WHEN erp >= 0 OR ledger_uncertain THEN ''
        WHEN crm_status IN ('draft', 'cancelled') THEN crm_status
        WHEN crm < 0 AND NOT ledger_committed THEN 'never_entered' ELSE '' END AS rule
    FROM laid""",
)
PARTS = ("discount", "freight", "tax")


def _any(holds: str) -> str:
    return " OR ".join(f"({holds.format(name)})" for name in PARTS)


GROUP_PARTS = ", ".join(
    f"""CASE WHEN getvariable('shows_{name}') AND (getvariable('compares_{name}')
            OR bool_and({name} IS NOT NULL) FILTER (side = 'crm') AND bool_or({name} IS NOT NULL) FILTER (side = 'erp'))
        THEN coalesce(sum(CASE side WHEN 'crm' THEN -{name} ELSE {name} END), 0) ELSE 0 END AS {name}"""
    for name in PARTS
)
GROUPS = (
    """CREATE TEMP TABLE crowd AS SELECT root FROM ruled
    WHERE rule = '' AND root IN (SELECT root FROM roots UNION SELECT root FROM ruled WHERE excess)
    GROUP BY root HAVING count(*) FILTER (crm >= 0) >= 1 AND count(*) FILTER (erp >= 0) >= 1
        AND count(*) FILTER (crm >= 0) + count(*) FILTER (erp >= 0) > 2
        AND NOT bool_or(ledger_uncertain OR erp_invalid
            OR (crm >= 0 AND (excess OR crm_invalid OR NOT crm_released)))""",
    """CREATE TEMP TABLE members AS
    SELECT root, 'crm' AS side, crm AS record, crm_customer AS customer, crm_company AS company,
        crm_currency AS currency, crm_minor AS minor, true AS opened, crm_gross AS gross,
        crm_discount AS discount, crm_freight AS freight, crm_tax AS tax
        FROM ruled WHERE rule = '' AND crm >= 0 AND root IN (FROM crowd)
    UNION ALL SELECT root, 'erp', erp, erp_customer, erp_company, erp_currency, erp_minor, erp_opened, NULL,
        erp_discount, erp_freight, erp_tax
        FROM ruled WHERE rule = '' AND erp >= 0 AND root IN (FROM crowd)""",
    """CREATE TEMP TABLE quantities AS SELECT root, bool_or(held > asked) AS more, bool_or(held < asked) AS less FROM (
        SELECT root, item, coalesce(sum(quantity) FILTER (side = 'crm'), 0) AS asked,
            coalesce(sum(quantity) FILTER (side = 'erp'), 0) AS held FROM (
            SELECT root, side, item, bool_and(unit IS NOT NULL) OVER (PARTITION BY root) AS counted,
                CASE WHEN counted THEN unit END AS unit,
                (CASE WHEN counted THEN base_quantity ELSE quantity END)::DECIMAL(18, 6) AS quantity FROM (
                SELECT root, side, l.* FROM members JOIN crm_lines l USING (record) WHERE side = 'crm'
                UNION ALL SELECT root, side, l.* FROM members JOIN erp_lines l USING (record) WHERE side = 'erp'))
        GROUP BY root, item, unit) GROUP BY root""",
    """CREATE TEMP TABLE worths AS SELECT root, bool_or(worth <> 0 OR getvariable('shows_amount') AND
            (absent OR abs(gap) * 2 > CASE signs WHEN 0 THEN 0 ELSE lines END)) AS dearer FROM (
        SELECT root, item, bool_or(amount IS NULL) AS absent, count(*) AS lines,
            sum(CASE side WHEN 'crm' THEN -1 ELSE 1 END) AS signs,
            sum(CASE side WHEN 'crm' THEN -amount ELSE amount END) AS gap,
            sum(CASE side WHEN 'crm' THEN -1 ELSE 1 END
            * (quantity::DECIMAL(19, 6) * price::DECIMAL(19, 6))) AS worth FROM (
            SELECT root, side, l.* FROM members JOIN crm_lines l USING (record) WHERE side = 'crm'
            UNION ALL SELECT root, side, l.* FROM members JOIN erp_lines l USING (record) WHERE side = 'erp')
        GROUP BY root, item) GROUP BY root""",
    f"""CREATE TEMP TABLE groups AS SELECT root, CASE
        WHEN currencies > 1 OR null_currency OR (getvariable('shows_customer') AND (customers > 1 OR
            (null_customer AND customers > 0))) OR crm_blank THEN 'none'
        WHEN getvariable('shows_company') AND named AND (companies > 1 OR null_company) THEN 'none'
        WHEN by_lines AND more OR NOT by_lines AND (erp_blank OR erp > crm AND NOT near) THEN 'none'
        WHEN by_lines AND less OR NOT by_lines AND erp < crm AND NOT near THEN 'partial'
        WHEN by_lines AND alike AND dearer THEN 'off'
        WHEN {_any("{0} <> 0 AND NOT {0} BETWEEN -lower AND upper")} THEN 'off'
        WHEN erp_blank AND getvariable('shows_total') THEN 'off'
        WHEN erp_blank OR erp = crm THEN CASE WHEN {_any("{0} <> 0")} THEN 'tolerated' ELSE 'whole' END
        WHEN near THEN 'tolerated' ELSE 'off' END AS state
    FROM (SELECT *, least(coalesce(below, 0), coalesce(line_below * lines, below)) AS lower,
            least(coalesce(above, 0), coalesce(line_above * lines, above)) AS upper,
            coalesce(erp - crm BETWEEN -lower AND upper, false) AS near
    FROM (SELECT root, count(DISTINCT currency) AS currencies, bool_or(currency IS NULL) AS null_currency,
            count(DISTINCT customer) AS customers, bool_or(customer IS NULL) AS null_customer,
            count(DISTINCT company) AS companies, bool_or(side = 'erp' AND company IS NULL) AS null_company,
            bool_or(side = 'crm' AND company IS NOT NULL) AS named,
            bool_or(side = 'crm' AND minor IS NULL) AS crm_blank, bool_or(side = 'erp' AND minor IS NULL) AS erp_blank,
            coalesce(sum(minor) FILTER (side = 'crm'), 0) AS crm, coalesce(sum(minor) FILTER (side = 'erp'), 0) AS erp,
            bool_and(opened) AND getvariable('shows_lines') AS by_lines, min(currency) AS currency,
            bool_and(gross = getvariable('gross_prices')) FILTER (side = 'crm') AS alike, {GROUP_PARTS}
        FROM members GROUP BY root)
    LEFT JOIN (SELECT root, coalesce(more, false) AS more, coalesce(less, false) AS less FROM quantities) USING (root)
    LEFT JOIN (SELECT root, count(*) AS lines FROM members JOIN crm_lines USING (record) WHERE side = 'crm'
        GROUP BY root) USING (root)
    LEFT JOIN worths USING (root)
    LEFT JOIN bands USING (currency))""",
)
PART_OFFS = ", ".join(
    f"""CASE WHEN NOT getvariable('shows_{name}') THEN 0
        WHEN getvariable('compares_{name}') THEN coalesce(erp_{name}, 0) - coalesce(crm_{name}, 0)
        ELSE coalesce(erp_{name} - crm_{name}, 0) END AS {name}"""
    for name in PARTS
)
PAIRS = (
    """CREATE TEMP TABLE pairs AS SELECT crm, erp, crm_currency IS NOT DISTINCT FROM erp_currency AS same,
        coalesce(line_above, 0) AS above, coalesce(line_below, 0) AS below,
        crm_gross = getvariable('gross_prices') AS alike
    FROM ruled LEFT JOIN groups USING (root) LEFT JOIN bands b ON b.currency = crm_currency
    WHERE rule = '' AND crm >= 0 AND erp >= 0 AND crm_released AND NOT crm_invalid AND NOT erp_invalid AND erp_opened
        AND coalesce(state, 'none') = 'none' AND getvariable('shows_lines')""",
    """CREATE TEMP TABLE lines AS SELECT crm, bool_or(item) AS line_item, bool_or(quantity) AS line_quantity,
        bool_or(price) AS line_price, bool_or(other AND NOT within) AS line_amount, bool_or(within) AS line_within,
        bool_or(unit) AS line_unit, bool_or(description) AS line_description
    FROM (SELECT crm, c.item <> e.item AS item, c.description IS DISTINCT FROM e.description AS description,
            c.unit IS NOT NULL AND c.unit IS DISTINCT FROM e.unit AS unit,
            CASE WHEN c.unit IS NULL THEN c.quantity <> e.quantity
                ELSE c.base_quantity IS DISTINCT FROM e.base_quantity END AS quantity,
            alike AND CASE WHEN c.unit IS NULL THEN c.price <> e.price
                ELSE c.base_price IS DISTINCT FROM e.base_price END AS price,
            same AND alike AND getvariable('shows_amount') AND c.amount IS DISTINCT FROM e.amount AS other,
            other AND coalesce(e.amount - c.amount BETWEEN -below AND above, false) AS within
        FROM pairs JOIN crm_lines c ON c.record = crm JOIN erp_lines e ON e.record = erp AND e.place = c.place
        WHERE c.item <> e.item OR c.quantity <> e.quantity OR c.price <> e.price OR c.amount IS DISTINCT FROM e.amount
            OR c.unit IS DISTINCT FROM e.unit OR c.base_quantity IS DISTINCT FROM e.base_quantity
            OR c.base_price IS DISTINCT FROM e.base_price OR c.description IS DISTINCT FROM e.description)
    GROUP BY crm""",
    """CREATE TEMP TABLE line_counts AS SELECT crm, coalesce(c.lines, 0) AS lines, coalesce(e.lines, 0) AS found
    FROM pairs LEFT JOIN (SELECT record, count(*) AS lines FROM crm_lines GROUP BY record) c ON c.record = crm
    LEFT JOIN (SELECT record, count(*) AS lines FROM erp_lines GROUP BY record) e ON e.record = erp
    WHERE coalesce(c.lines, 0) <> coalesce(e.lines, 0)""",
    f"""CREATE TEMP TABLE near AS SELECT crm, erp, total, discount, freight, tax,
        least(coalesce(below, 0), coalesce(line_below * coalesce(lines, 0), below, 0)) AS below,
        least(coalesce(above, 0), coalesce(line_above * coalesce(lines, 0), above, 0)) AS above FROM (
        SELECT crm, erp, crm_currency AS currency, coalesce(erp_minor - crm_minor, 0) AS total, {PART_OFFS} FROM ruled
        WHERE rule = '' AND crm >= 0 AND erp >= 0 AND crm_currency = erp_currency
            AND (total <> 0 OR discount <> 0 OR freight <> 0 OR tax <> 0))
    LEFT JOIN bands b USING (currency)
    LEFT JOIN (SELECT record AS crm, count(*) AS lines FROM crm_lines GROUP BY record) USING (crm)""",
    f"""CREATE TEMP TABLE little AS SELECT crm, erp, total BETWEEN -below AND above AS little,
        {_any("{0} <> 0 AND NOT {0} BETWEEN -below AND above")} AS part_off,
        {_any("{0} <> 0 AND {0} BETWEEN -below AND above")} AS part_within FROM near""",
    """CREATE TEMP TABLE ready AS SELECT r.*, coalesce(g.state, 'none') AS state,
        coalesce(g.state, 'none') <> 'none' AS grouped,
        crm >= 0 AND erp >= 0 AND crm_released AND NOT crm_invalid AND NOT erp_invalid AND NOT grouped AS compared,
        compared AND crm_currency IS NOT DISTINCT FROM erp_currency
            AND (getvariable('shows_total') OR erp_minor IS NOT NULL) AS money,
        money AND crm_minor IS DISTINCT FROM erp_minor AS unequal,
        unequal AND coalesce(t.little AND crm_minor IS NOT NULL AND erp_minor IS NOT NULL, false) AS within,
        money AND coalesce(t.part_off, false) AS part_off, money AND coalesce(t.part_within, false) AS part_within,
        n.crm IS NOT NULL AS line_lines,
        coalesce(line_unit, false) AS line_unit, coalesce(line_description, false) AS line_description,
        coalesce(line_item, false) AS line_item, coalesce(line_quantity, false) AS line_quantity,
        coalesce(line_price, false) AS line_price, coalesce(line_amount, false) AS line_amount,
        coalesce(line_within, false) AS line_within
    FROM ruled r LEFT JOIN groups g USING (root) LEFT JOIN lines USING (crm) LEFT JOIN line_counts n USING (crm)
        LEFT JOIN little t USING (crm, erp)
    WHERE rule = ''""",
)
STEPS = (*CODES, *JOINED, *OWN_NUMBERS, *ROOTS, *ROWS, *GROUPS, *PAIRS)
STATUS = "getvariable('shows_status') AND ledger_last_status IS DISTINCT FROM erp_status"
FLAGS = {
    Outcome.INVALID_ROW: "crm_invalid OR erp_invalid",
    Outcome.DUP_CRM_KEY: "excess AND crm >= 0",
    Outcome.LINK_CONFLICT: "ledger >= 0 AND erp >= 0 AND erp_pass = 1 AND ledger_document <> erp_number",
    Outcome.UNCERTAIN_COMMIT: "ledger_uncertain",
    Outcome.ORPHAN_IN_ERP: "erp >= 0 AND crm < 0 AND NOT excess",
    Outcome.CANCELLED_LIVE: "crm >= 0 AND erp >= 0 AND NOT crm_released AND NOT crm_invalid",
    Outcome.DUPLICATE_IN_ERP: "excess AND erp >= 0 AND NOT grouped",
    Outcome.NOT_TYPED: """crm >= 0 AND erp < 0 AND NOT excess AND NOT grouped AND crm_released
        AND NOT ledger_committed AND NOT ledger_uncertain""",
    Outcome.MISSING_IN_ERP: "erp < 0 AND ledger_committed AND (crm_released OR crm_invalid OR crm < 0) AND NOT grouped",
    Outcome.CUSTOMER_DIFF: "compared AND getvariable('shows_customer') AND crm_customer IS DISTINCT FROM erp_customer",
    Outcome.COMPANY_DIFF: """compared AND getvariable('shows_company') AND crm_company IS NOT NULL
        AND crm_company IS DISTINCT FROM erp_company""",
    Outcome.CURRENCY_DIFF: "compared AND crm_currency IS DISTINCT FROM erp_currency",
    Outcome.ITEM_DIFF: "line_item",
    Outcome.QTY_DIFF: "line_quantity OR line_unit OR line_lines OR state = 'partial'",
    Outcome.AMOUNT_DIFF: "(unequal AND NOT within) OR part_off OR line_price OR line_amount OR state = 'off'",
    Outcome.CUTOFF_DIFF: "compared AND getvariable('shows_order_date') AND crm_date IS DISTINCT FROM erp_date",
    Outcome.STATUS_DIFF: f"""(compared OR (grouped AND crm >= 0 AND erp >= 0)) AND NOT ledger_uncertain
        AND NOT (crm >= 0 AND erp >= 0 AND crm_two_sided AND NOT ledger_committed)
        AND (ledger < 0 OR NOT ledger_posted OR ({STATUS}))""",
    Outcome.TEXT_DIFF: """(compared AND erp_opened AND crm_texts IS DISTINCT FROM erp_texts) OR line_description""",
    Outcome.MATCHED_TOL: "within OR part_within OR line_within OR state = 'tolerated'",
}
