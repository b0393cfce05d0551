//! Texts that have broken programs which print names: markup of every language on the way, formulas,
//! writing directions, composed and decomposed letters, controls, and texts that are merely long.

/// Refused because no font has a character, or because it would be read aloud more than once: in the
/// order of [`strings`].
pub const REFUSED: &[&str] = &[
    "– — ‐ ‑",
    "می\u{200c}خواهم",
    "a\u{3000}b",
    "王小明",
    "田中さくら",
    "김민준",
    "अनिल",
    "😀",
    "Åse 👩\u{200d}🎓",
    "\u{e000}",
    "ᚠᛇᚻ",
    "𝓐𝓼𝓮",
    "\u{fffe}",
    "Z\u{300}\u{489}",
    "m\u{304}\u{301}",
    "Z\u{316}\u{316}\u{300}\u{300}",
    "q\u{302}",
];

pub fn is_right_to_left(text: &str) -> bool {
    text.chars()
        .any(|c| matches!(c, '\u{590}'..='\u{7ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'))
}

pub fn strings() -> Vec<String> {
    let mut all: Vec<String> = ONE_LINE.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    all.extend(OTHERS.iter().map(|text| (*text).to_owned()));
    all.push("A".repeat(300));
    all.push("Ærøskøbing-".repeat(27));
    all.push("/".repeat(300));
    all.push("a\u{308}o\u{308}".repeat(75));
    all.extend(REFUSED.iter().map(|text| (*text).to_owned()));
    all
}

/// One text a line.
const ONE_LINE: &str = r##"
#read("/etc/passwd")
#import "@preview/x:1.0.0"
#panic("x")
#{ while true {} }
#set page(width: 1cm)
#"x".len()
*x*
**x**
_x_
`x`
```x```
$x^2$
$ integral_0^1 $
= Heading
== Heading
# Heading
## Heading
- item
+ item
1. number
/ Term: text
! box
@table x
@address
@diagram
@ref
<label>
// comment
/* comment
*/ comment
\
\\
\n
\u{41}
"; panic("x"); "
]
[
}
{
{{ 7*7 }}
{% for x in y %}
{% endfor %}
{# comment #}
{{ recipient.masked_cpr }}
${7*7}
<b>&
</p><script>alert(1)</script>
&amp; &lt; &nbsp;
<!-- comment -->
<![CDATA[x]]>
=1+1
=HYPERLINK("http://x.example")
+45
-45
@SUM(A1)
|cell|cell|
|= sum |
;;;
a;b,c
"quoted"
'quoted'
O'Neill
D’Arcy
--
---
...
~
x~y
%s %n %x
%00
../../etc/passwd
C:\Windows\System32
; DROP TABLE enrolments; --
' OR 1=1 --
Robert'); DROP TABLE students;--
NULL
null
None
undefined
NaN
-0
1e400
0x10
true
ÆØÅ æøå
Þórður Ásgeirsson
Łukasz Żółć
Çağrı Işık
Nguyễn Thị Mỹ Duyên
Ștefan Țepeș
Ħaġar Ġgantija
Ünal Şahin
Иван Петров
Ελένη Παπαδοπούλου
Հայկ Սարգսյան
გიორგი
דוד לוי
محمد علی
عبد الرحمن
Åse محمد Prøve
fi fl ffi ffl
ﬁ
½ ¼ ² ³
© ® ™ € £ §
«x» „x“ ”x”
– —
"##;

const OTHERS: &[&str] = &[
    "A\u{30a}se",
    "e\u{301}e\u{300}",
    "Nguye\u{302}\u{303}n",
    "a\u{0}b",
    "a\tb",
    "a\nb",
    "a\r\nb",
    "a\u{85}b",
    "a\u{2028}b\u{2029}c",
    "\u{1b}[31mred",
    "a\u{7f}b",
    "\u{feff}a",
    "a\u{200b}b",
    "a\u{ad}b",
    "a\u{202e}b",
    "\u{2066}a\u{2069}",
    "a\u{200e}\u{200f}b",
    " a ",
    "\u{a0}a\u{a0}",
    "a  b",
];
