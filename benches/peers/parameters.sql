-- The numbers, dates and codes of the law, and the words every other file uses.
--
-- ECTS are counted in whole hundredths (BIGINT) from here to the final tables,
-- so no verdict ever meets a floating-point number.

CREATE TABLE parameters AS SELECT
    -- SU101
    DATE '2016-07-01' AS six_months_regime_from,
    6                 AS control_point_step,
    3000              AS required_per_control_point,
    3000              AS six_months_tolerance,
    6000              AS twelve_months_tolerance,
    500               AS ects_per_klip,
    -- SU102
    5                 AS start_check_due_after_months,
    7                 AS start_check_late_after_months,
    [12, 1, 5, 6, 7, 8] AS exam_months,
    1                 AS grading_lag_months,
    -- SU107
    DATE '2027-01-01' AS reform_effective_from,
    DATE '2025-07-01' AS reform_programmes_from,
    70                AS frame,
    58                AS reform_frame,
    12                AS reform_supplement,
    -- EX301
    3                 AS attempts_allowed,
    -- DG403
    500               AS five_ects,
    -- DG404, DG405
    3000              AS ects_per_semester,
    1500              AS ects_per_semester_industry,
    6                 AS months_per_semester,
    3000              AS transitional_reduction_from,
    12                AS months_after_readmission,
    6                 AS information_meeting_from,
    12                AS information_meeting_to;

-- awaiting: a cheating case is open. takes_part: an assessed result, what the start check asks for.
CREATE TABLE result_codes AS
SELECT * FROM (VALUES
    --code   passed  awaiting  uses_attempt  takes_part
    ('12',   true,   false,    true,         true ),
    ('10',   true,   false,    true,         true ),
    ('7',    true,   false,    true,         true ),
    ('4',    true,   false,    true,         true ),
    ('02',   true,   false,    true,         true ),
    ('00',   false,  false,    true,         true ),
    ('-3',   false,  false,    true,         true ),
    ('BE',   true,   false,    true,         true ),
    ('IB',   false,  false,    true,         true ),
    ('AB',   true,   true,     true,         true ),
    ('AI',   false,  true,     true,         true ),
    ('EM',   false,  false,    true,         false),
    ('IG',   false,  false,    true,         false),
    ('SN',   false,  false,    true,         false),
    ('SYG',  false,  false,    false,        false)
) AS t (result, passed, awaiting, uses_attempt, takes_part);

CREATE TABLE final_project_kinds AS
SELECT * FROM (VALUES ('bsc_project'), ('beng_project'), ('msc_thesis')) AS t (kind);

CREATE MACRO hundredths(ects) AS CAST(ects * 100 AS BIGINT);
CREATE MACRO as_ects(h) AS CAST(CAST(h AS DECIMAL(18, 0)) * 0.01 AS DECIMAL(7, 2));

-- The same day k months on, clamped to the month's end, all months at once.
CREATE MACRO add_months(d, k) AS CAST(d + to_months(CAST(k AS INTEGER)) AS DATE);

-- The largest k with a + k months <= b: the difference of the calendar months, or one less.
CREATE MACRO calendar_months(a, b) AS
    12 * (year(b) - year(a)) + month(b) - month(a);
CREATE MACRO whole_months(a, b) AS
    calendar_months(a, b)
    - CASE WHEN add_months(a, calendar_months(a, b)) > b THEN 1 ELSE 0 END;
