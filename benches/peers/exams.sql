-- EX301: attempts per enrolment and course group; pairs of courses that block each other.

-- Extra attempts granted, by the inspection and by the readmission.
CREATE TABLE extra_attempts AS
SELECT
    x.enrolment_id,
    coalesce(g.course_group, x.course_code) AS course_group,
    sum(x.amount) AS granted,
    coalesce(sum(x.amount) FILTER (x.granted_on <= i.readmitted_on), 0) AS granted_by_readmission
FROM exemptions AS x
JOIN inspected AS i USING (enrolment_id)
LEFT JOIN course_groups AS g USING (course_code), run
WHERE x.kind = 'extra_attempt'
  AND x.course_code IS NOT NULL
  AND x.granted_on <= run.inspection_date
GROUP BY ALL;

CREATE TABLE attempts AS
WITH own AS (
    SELECT
        r.enrolment_id, r.course_group,
        count(*) FILTER (r.uses_attempt)                                    AS used,
        count(*) FILTER (r.uses_attempt AND r.assessed_on <= i.readmitted_on) AS used_by_readmission,
        count(*) FILTER (r.result = 'SYG')                                  AS ill,
        bool_or(r.awaiting)                                                 AS pending,
        max(r.exam_date)                                                    AS last_exam_date
    FROM counting_results AS r JOIN inspected AS i USING (enrolment_id)
    WHERE NOT r.transferred
    GROUP BY ALL
),
first_pass AS (
    SELECT enrolment_id, course_group, min(assessed_on) AS passed_on FROM passes GROUP BY ALL
),
counted AS (
    SELECT
        o.*,
        f.passed_on IS NOT NULL AS passed,
        law.attempts_allowed + coalesce(x.granted, 0)
        + CASE WHEN i.readmitted_on IS NOT NULL
                AND o.used_by_readmission >= law.attempts_allowed + coalesce(x.granted_by_readmission, 0)
                AND coalesce(f.passed_on > i.readmitted_on, true)
               THEN 1 ELSE 0 END AS allowed
    FROM own AS o
    JOIN inspected AS i USING (enrolment_id)
    LEFT JOIN first_pass AS f USING (enrolment_id, course_group)
    LEFT JOIN extra_attempts AS x USING (enrolment_id, course_group), parameters AS law
)
SELECT
    enrolment_id, course_group,
    CAST(used AS INTEGER) AS used, CAST(allowed AS INTEGER) AS allowed, CAST(ill AS INTEGER) AS ill,
    passed, pending,
    CASE WHEN counted.passed                THEN 'passed'
         WHEN counted.used >= counted.allowed    THEN 'exhausted'
         WHEN counted.used = counted.allowed - 1 THEN 'last_attempt'
         ELSE 'open' END AS state,
    last_exam_date
FROM counted;

-- Blocked pairs in need of a person: both passed, or the attempts reach the limit only together.
CREATE TABLE blocked_pairs AS
WITH pairs AS (
    SELECT DISTINCT
        least(coalesce(a.course_group, e.course_code), coalesce(b.course_group, e.equivalent_course_code))    AS one,
        greatest(coalesce(a.course_group, e.course_code), coalesce(b.course_group, e.equivalent_course_code)) AS two
    FROM course_equivalences AS e
    LEFT JOIN course_groups AS a ON a.course_code = e.course_code
    LEFT JOIN course_groups AS b ON b.course_code = e.equivalent_course_code
    WHERE e.kind = 'blocked'
),
standing AS (
    SELECT enrolment_id, course_group, true AS passed, NULL AS used, NULL AS allowed FROM counted_passes
    UNION ALL
    SELECT enrolment_id, course_group, false, used, allowed FROM attempts WHERE NOT passed
)
SELECT DISTINCT a.enrolment_id
FROM pairs
JOIN standing AS a ON a.course_group = pairs.one
JOIN standing AS b ON b.course_group = pairs.two AND b.enrolment_id = a.enrolment_id
WHERE pairs.one <> pairs.two
  AND (   (a.passed AND b.passed)
       OR (NOT a.passed AND NOT b.passed
           AND a.used BETWEEN 1 AND a.allowed - 1
           AND b.used BETWEEN 1 AND b.allowed - 1
           AND a.used + b.used >= least(a.allowed, b.allowed)));
