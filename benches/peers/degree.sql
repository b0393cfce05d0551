-- DG401 and DG402 the thirds, DG403 five ECTS, DG404 maximum duration, DG405 late students,
-- and what the leaves of an enrolment say together.

-- Leaves that touch or overlap, merged, and whether any two share a day.
CREATE TABLE leave_spans AS
WITH ordered AS (
    SELECT
        l.enrolment_id, l.from_date, l.to_date,
        max(l.to_date) OVER (
            PARTITION BY l.enrolment_id ORDER BY l.from_date, l.to_date
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS last_day_before
    FROM leaves AS l JOIN inspected USING (enrolment_id)
),
numbered AS (
    SELECT
        *,
        count(*) FILTER (last_day_before IS NULL OR from_date > last_day_before + 1) OVER (
            PARTITION BY enrolment_id ORDER BY from_date, to_date
            ROWS UNBOUNDED PRECEDING
        ) AS span
    FROM ordered
)
SELECT
    enrolment_id, span,
    min(from_date) AS from_date, max(to_date) AS to_date,
    bool_or(coalesce(from_date <= last_day_before, false)) AS overlapping
FROM numbered GROUP BY ALL;

CREATE TABLE leave_facts AS
SELECT
    enrolment_id,
    bool_or(overlapping) AS overlapping,
    bool_or(run.inspection_date BETWEEN from_date AND to_date) AS on_leave_today
FROM leave_spans, run GROUP BY enrolment_id;

-- Semesters of leave, each leave by itself and with its whole length.
CREATE TABLE leave_semesters AS
WITH each_leave AS (
    SELECT
        i.enrolment_id,
        (whole_months(l.from_date, l.to_date + 1) + 1) // law.months_per_semester AS semesters,
        coalesce(l.from_date >= i.readmitted_on, true) AS since_readmission
    FROM leaves AS l JOIN inspected AS i USING (enrolment_id), parameters AS law
)
SELECT
    enrolment_id,
    sum(semesters) AS semesters,
    coalesce(sum(semesters) FILTER (since_readmission), 0) AS semesters_since_readmission
FROM each_leave GROUP BY enrolment_id;

-- DG403. Semesters that ended before the inspection, the student's own, not wholly on leave; the last two.
CREATE TABLE semesters AS
WITH years AS (
    SELECT unnest(range(year((SELECT min(started_on) FROM inspected)) - 1, year(inspection_date) + 1)) AS y FROM run
),
calendar AS (
    SELECT make_date(y, 9, 1) AS first_day, make_date(y + 1, 1, 31) AS last_day FROM years
    UNION ALL
    SELECT make_date(y, 2, 1), make_date(y, 8, 31) FROM years
)
SELECT calendar.*, last_day(first_day) AS first_month_end
FROM calendar, run WHERE last_day < run.inspection_date;

CREATE TABLE last_two_semesters AS
WITH own AS (
    SELECT
        i.enrolment_id, s.first_day, s.last_day,
        row_number() OVER (PARTITION BY i.enrolment_id ORDER BY s.first_day DESC) AS back
    FROM inspected AS i
    JOIN semesters AS s ON i.started_on <= s.first_month_end
    WHERE NOT EXISTS (
        SELECT 1 FROM leave_spans AS l
        WHERE l.enrolment_id = i.enrolment_id
          AND l.from_date <= s.first_day AND l.to_date >= s.last_day
    )
)
SELECT * FROM own WHERE back <= 2;

CREATE TABLE five_ects AS
WITH passed AS (
    SELECT s.enrolment_id, sum(c.ects) AS ects
    FROM last_two_semesters AS s
    JOIN counted_passes AS c
      ON c.enrolment_id = s.enrolment_id
     AND c.assessed_on BETWEEN s.first_day AND s.last_day
    WHERE NOT c.entry_credit
    GROUP BY s.enrolment_id
),
semester_count AS (
    SELECT enrolment_id, count(*) AS semesters FROM last_two_semesters GROUP BY enrolment_id
)
SELECT
    i.enrolment_id,
    coalesce(p.ects, 0) AS ects_last_two_semesters,
    CASE WHEN coalesce(n.semesters, 0) < 2             THEN 'not_due'
         WHEN ects_last_two_semesters >= law.five_ects THEN 'met'
         ELSE 'not_met' END AS five_ects
FROM inspected AS i
LEFT JOIN passed AS p USING (enrolment_id)
LEFT JOIN semester_count AS n USING (enrolment_id), parameters AS law;

-- DG404.
CREATE TABLE maximum_duration AS
WITH extensions AS (
    SELECT x.enrolment_id, sum(x.amount) AS months
    FROM exemptions AS x JOIN inspected AS i USING (enrolment_id), run
    WHERE x.kind = 'maximum_duration'
      AND x.granted_on <= run.inspection_date
      AND coalesce(x.granted_on >= i.readmitted_on, true)
    GROUP BY x.enrolment_id
),
extended_projects AS (
    SELECT enrolment_id, max(extended_to) AS extended_to
    FROM projects JOIN final_project_kinds USING (kind), run
    WHERE coalesce(abandoned_on > run.inspection_date, true)
    GROUP BY enrolment_id
),
earlier AS (
    SELECT
        c.enrolment_id,
        coalesce(sum(c.ects) FILTER (c.transitional), 0)                    AS transitional,
        coalesce(sum(c.ects) FILTER (c.assessed_on <= i.readmitted_on), 0)  AS passed_by_readmission
    FROM counted_passes AS c JOIN inspected AS i USING (enrolment_id)
    GROUP BY c.enrolment_id
),
months AS (
    SELECT
        i.enrolment_id,
        coalesce(i.readmitted_on, i.started_on) AS counted_from,
        CASE WHEN i.readmitted_on IS NULL
             THEN i.max_months
                  - law.months_per_semester * (i.shortening_credit // i.semester_ects)
                  - CASE WHEN i.is_master AND coalesce(e.transitional, 0) >= law.transitional_reduction_from
                         THEN law.months_per_semester ELSE 0 END
             ELSE law.months_per_semester * (i.programme_ects // i.semester_ects)
                  + law.months_after_readmission
                  - law.months_per_semester * (coalesce(e.passed_by_readmission, 0) // i.semester_ects)
        END
        + law.months_per_semester * coalesce(l.semesters_since_readmission, 0)
        + coalesce(x.months, 0) AS months,
        p.extended_to
    FROM inspected AS i
    LEFT JOIN earlier AS e USING (enrolment_id)
    LEFT JOIN leave_semesters AS l USING (enrolment_id)
    LEFT JOIN extensions AS x USING (enrolment_id)
    LEFT JOIN extended_projects AS p USING (enrolment_id), parameters AS law
)
SELECT
    enrolment_id,
    greatest(CAST(add_months(counted_from, months) - 1 AS DATE), extended_to) AS maximum_date,
    CASE WHEN run.inspection_date > maximum_date THEN 'exceeded'
         WHEN add_months(run.inspection_date, law.months_per_semester) >= maximum_date THEN 'last_semester'
         ELSE 'within' END AS maximum_state
FROM months, run, parameters AS law;

-- DG405. Twelve months to the day is an information meeting, a day more is "later".
CREATE TABLE late_students AS
WITH prescribed AS (
    SELECT
        i.enrolment_id,
        add_months(i.started_on, law.months_per_semester
            * (i.programme_ects // i.semester_ects + coalesce(l.semesters, 0))) AS prescribed_end
    FROM inspected AS i
    LEFT JOIN leave_semesters AS l USING (enrolment_id), parameters AS law
)
SELECT
    enrolment_id,
    greatest(0, whole_months(prescribed_end, run.inspection_date)) AS months_late,
    CASE WHEN run.inspection_date > add_months(prescribed_end, law.information_meeting_to)    THEN 'personal_interview'
         WHEN run.inspection_date >= add_months(prescribed_end, law.information_meeting_from) THEN 'information_meeting'
         ELSE 'none' END AS guidance
FROM prescribed, run, parameters AS law;

-- DG401, DG402. The catalogue entry of the counted course decides, not the code of the result.
CREATE TABLE thirds AS
WITH final_project_groups AS (
    SELECT DISTINCT p.enrolment_id, coalesce(g.course_group, p.course_code) AS course_group
    FROM projects AS p
    JOIN final_project_kinds USING (kind)
    LEFT JOIN course_groups AS g USING (course_code)
    WHERE p.course_code IS NOT NULL
),
own AS (
    SELECT
        p.enrolment_id,
        coalesce(sum(p.ects) FILTER (c.grading = 'pass_fail'), 0)                                AS pass_fail,
        coalesce(sum(p.ects) FILTER (c.external_examiner OR f.course_group IS NOT NULL), 0)      AS external
    FROM counted_passes AS p
    LEFT JOIN courses AS c USING (course_code)
    LEFT JOIN final_project_groups AS f USING (enrolment_id, course_group)
    WHERE NOT p.transferred
    GROUP BY p.enrolment_id
),
bases AS (
    SELECT
        i.enrolment_id,
        coalesce(o.pass_fail, 0) AS pass_fail,
        coalesce(o.external, 0)  AS external,
        i.programme_ects,
        greatest(0, i.programme_ects - p.transferred) AS base,
        greatest(0, base - p.own)                     AS still_open
    FROM inspected AS i
    JOIN progress AS p USING (enrolment_id)
    LEFT JOIN own AS o USING (enrolment_id)
),
verdicts AS (
    SELECT
        *,
        CASE WHEN 3 * pass_fail > base THEN 'breached' ELSE 'within' END AS pass_fail_third,
        CASE WHEN 3 * pass_fail > programme_ects THEN 'breached' ELSE 'within' END AS pass_fail_check,
        CASE WHEN 3 * external >= base               THEN 'met'
             WHEN 3 * (external + still_open) < base THEN 'unreachable'
             ELSE 'reachable' END AS external_third,
        CASE WHEN 3 * external >= programme_ects               THEN 'met'
             WHEN 3 * (external + still_open) < programme_ects THEN 'unreachable'
             ELSE 'reachable' END AS external_check
    FROM bases
)
SELECT
    enrolment_id, pass_fail, external, base, pass_fail_third, external_third,
    pass_fail_third <> pass_fail_check OR external_third <> external_check AS denominator_decides
FROM verdicts;
