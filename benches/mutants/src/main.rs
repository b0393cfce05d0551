//! Rewrites the verdict code of a copy of the tree so that every threshold can be moved, and every condition
//! dropped, at run time.
//!
//! Usage: mutants TREE, where TREE is a copy that may be spoilt. Every comparison, limit, month offset, and
//! operand of `&&` and `||` of the files below becomes something that does the same, unless the environment
//! variable `KLIP_MUTANT` holds its number: then it does the other thing. So one build serves all mutants.
//! Standard output lists them: number, place, what it was, what it becomes.

use std::error::Error;
use std::fs;
use std::mem::discriminant;
use std::path::{Path, PathBuf};

use proc_macro2::Span;
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{BinOp, Expr, ExprLit, Lit, Token};

/// Where verdicts come from.
const PLACES: [&str; 9] = [
    "src/rules",
    "src/engine",
    "src/student",
    "src/law/requirement.rs",
    "src/base/day.rs",
    "src/base/month.rs",
    "src/base/semester.rs",
    "src/base/working_days.rs",
    "src/base/yearly_pause.rs",
];

const MUTATION: &str = r#"
//! The switch between a comparison and its mutants.
use std::cmp::Ordering;
use std::sync::OnceLock;

pub fn active(number: u32) -> bool {
    static CHOSEN: OnceLock<u32> = OnceLock::new();
    let chosen = CHOSEN.get_or_init(|| {
        std::env::var("KLIP_MUTANT").ok().and_then(|text| text.parse().ok()).unwrap_or(u32::MAX)
    });
    *chosen == number
}

/// `number`: the boundary moves; `number + 1`: the answer is turned round.
pub fn compare<A: PartialOrd<B> + ?Sized, B: ?Sized>(number: u32, operator: &str, a: &A, b: &B) -> bool {
    let order = a.partial_cmp(b);
    let (strict, or_equal) = match operator {
        "<" | "<=" => (order == Some(Ordering::Less), matches!(order, Some(Ordering::Less | Ordering::Equal))),
        _ => (order == Some(Ordering::Greater), matches!(order, Some(Ordering::Greater | Ordering::Equal))),
    };
    let equal_counts = operator.len() == 2;
    let answer = if equal_counts != active(number) { or_equal } else { strict };
    answer != active(number + 1)
}

pub fn equal<A: PartialEq<B> + ?Sized, B: ?Sized>(number: u32, a: &A, b: &B) -> bool {
    (a == b) != active(number)
}

pub fn least<T: Ord>(number: u32, a: T, b: T) -> T {
    if active(number) { a.max(b) } else { a.min(b) }
}

pub fn greatest<T: Ord>(number: u32, a: T, b: T) -> T {
    if active(number) { a.min(b) } else { a.max(b) }
}

/// `number`: the lower end no longer belongs to the range; `number + 1`: nor does the upper one.
pub fn within<T: PartialOrd>(number: u32, low: T, high: T, value: &T) -> bool {
    let above = if active(number) { low < *value } else { low <= *value };
    let below = if active(number + 1) { *value < high } else { *value <= high };
    above && below
}

/// `number`: one more; `number + 1`: one less.
pub fn nudge(number: u32, value: i32) -> i32 {
    value + i32::from(active(number)) - i32::from(active(number + 1))
}
"#;

struct Mutator {
    file: String,
    next: u32,
    /// Not in the body of a constant or a constant function, where nothing can be switched.
    at_run_time: bool,
}

impl Mutator {
    /// Lists mutants of one place and gives the first one's number.
    fn list(&mut self, span: Span, was: &str, becomes: &[&str]) -> u32 {
        let first = self.next;
        for text in becomes {
            let was = was.split_whitespace().collect::<Vec<_>>().join(" ");
            println!("{}\t{}:{}\t{was}\t{text}", self.next, self.file, span.start().line);
            self.next += 1;
        }
        first
    }

    /// `was`: the expression as it stands in the source, before what is inside it was rewritten.
    fn mutated(&mut self, expr: &Expr, was: &str) -> Option<Expr> {
        let call = match expr {
            Expr::Binary(binary) => {
                let (left, right) = (&binary.left, &binary.right);
                let span = binary.op.span();
                let operator = binary.op.to_token_stream().to_string();
                match binary.op {
                    BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) => {
                        let moved = match operator.as_str() {
                            "<" => "<=",
                            "<=" => "<",
                            ">" => ">=",
                            _ => ">",
                        };
                        let number = self.list(span, was, &[moved, "not"]);
                        quote!(crate::mutation::compare(#number, #operator, &(#left), &(#right)))
                    }
                    BinOp::Eq(_) => {
                        let number = self.list(span, was, &["!="]);
                        quote!(crate::mutation::equal(#number, &(#left), &(#right)))
                    }
                    BinOp::Ne(_) => {
                        let number = self.list(span, was, &["=="]);
                        quote!(!crate::mutation::equal(#number, &(#left), &(#right)))
                    }
                    _ => return None,
                }
            }
            Expr::MethodCall(call) if call.args.len() == 1 => {
                let (receiver, argument, span) = (&call.receiver, &call.args[0], call.method.span());
                match (call.method.to_string().as_str(), receiver.as_ref()) {
                    ("min", _) => {
                        let number = self.list(span, was, &["max"]);
                        quote!(crate::mutation::least(#number, #receiver, #argument))
                    }
                    ("max", _) => {
                        let number = self.list(span, was, &["min"]);
                        quote!(crate::mutation::greatest(#number, #receiver, #argument))
                    }
                    ("contains", Expr::Paren(paren)) => {
                        let Expr::Range(range) = paren.expr.as_ref() else { return None };
                        let (Some(low), Some(high)) = (&range.start, &range.end) else { return None };
                        if !matches!(range.limits, syn::RangeLimits::Closed(_)) {
                            return None;
                        }
                        let number =
                            self.list(span, was, &["without its lower end", "without its upper end"]);
                        quote!(crate::mutation::within(#number, #low, #high, #argument))
                    }
                    ("plus" | "add_days" | "plus_days" | "plus_months", _) if integer(argument) => {
                        let method = &call.method;
                        let number = self.list(span, was, &["one more", "one less"]);
                        quote!((#receiver).#method(crate::mutation::nudge(#number, #argument)))
                    }
                    _ => return None,
                }
            }
            _ => return None,
        };
        Some(syn::parse2(call).expect("a call is an expression"))
    }

    /// A chain of one operator, `&&` or `||`: each operand is dropped by itself, but for a `let`, which names
    /// what the others speak of.
    fn chain(&mut self, expr: &mut Expr, operator: BinOp, was: &str) {
        match expr {
            Expr::Binary(binary) if discriminant(&binary.op) == discriminant(&operator) => {
                self.chain(&mut binary.left, operator, was);
                self.chain(&mut binary.right, operator, was);
            }
            Expr::Let(_) => visit_mut::visit_expr_mut(self, expr),
            operand => {
                let text = operand.to_token_stream().to_string();
                self.visit_expr_mut(operand);
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                let number = self.list(operator.span(), was, &[&format!("without {text}")]);
                let switched = match operator {
                    BinOp::And(_) => quote!((crate::mutation::active(#number) || (#operand))),
                    _ => quote!((!crate::mutation::active(#number) && (#operand))),
                };
                *operand = syn::parse2(switched).expect("an operand is an expression");
            }
        }
    }
}

fn integer(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(_), .. }) => true,
        Expr::Unary(unary) => integer(&unary.expr),
        _ => false,
    }
}

impl VisitMut for Mutator {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let was = expr.to_token_stream().to_string();
        if let Expr::Binary(binary) = &*expr
            && let operator @ (BinOp::And(_) | BinOp::Or(_)) = binary.op
            && self.at_run_time
        {
            return self.chain(expr, operator, &was);
        }
        visit_mut::visit_expr_mut(self, expr);
        if self.at_run_time
            && let Some(mutated) = self.mutated(expr, &was)
        {
            *expr = mutated;
        }
    }

    /// What macros such as `vec!` and `format!` are given.
    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        if let Ok(mut given) = mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated) {
            given.iter_mut().for_each(|expr| self.visit_expr_mut(expr));
            mac.tokens = given.into_token_stream();
        }
    }

    fn visit_item_const_mut(&mut self, item: &mut syn::ItemConst) {
        self.at_run_time = false;
        visit_mut::visit_item_const_mut(self, item);
        self.at_run_time = true;
    }

    fn visit_item_static_mut(&mut self, item: &mut syn::ItemStatic) {
        self.at_run_time = false;
        visit_mut::visit_item_static_mut(self, item);
        self.at_run_time = true;
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut syn::ExprClosure) {
        let outside = std::mem::replace(&mut self.at_run_time, true);
        visit_mut::visit_expr_closure_mut(self, closure);
        self.at_run_time = outside;
    }

    fn visit_item_fn_mut(&mut self, function: &mut syn::ItemFn) {
        self.at_run_time = function.sig.constness.is_none();
        visit_mut::visit_item_fn_mut(self, function);
        self.at_run_time = true;
    }

    fn visit_impl_item_fn_mut(&mut self, function: &mut syn::ImplItemFn) {
        self.at_run_time = function.sig.constness.is_none();
        visit_mut::visit_impl_item_fn_mut(self, function);
        self.at_run_time = true;
    }

    fn visit_item_mod_mut(&mut self, module: &mut syn::ItemMod) {
        if module.ident != "tests" {
            visit_mut::visit_item_mod_mut(self, module);
        }
    }
}

fn sources(path: &Path, found: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            sources(&entry?.path(), found)?;
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        found.push(path.to_path_buf());
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let tree = PathBuf::from(std::env::args().nth(1).ok_or("name the copy of the tree")?);
    let mut mutator = Mutator { file: String::new(), next: 0, at_run_time: true };
    for place in PLACES {
        let mut files = Vec::new();
        sources(&tree.join(place), &mut files)?;
        files.sort();
        for path in files {
            mutator.file = path.strip_prefix(&tree)?.display().to_string();
            let mut file = syn::parse_file(&fs::read_to_string(&path)?)?;
            mutator.visit_file_mut(&mut file);
            fs::write(&path, file.into_token_stream().to_string())?;
        }
    }
    let library = tree.join("src/lib.rs");
    fs::write(&library, format!("{}\npub mod mutation;\n", fs::read_to_string(&library)?))?;
    fs::write(tree.join("src/mutation.rs"), MUTATION)?;
    Ok(())
}
