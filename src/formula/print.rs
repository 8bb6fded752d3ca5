//! The syntax tree as text, with the fewest parentheses that read back to the same tree.

use super::syntax::{Expr, ExprId, Tree};
use std::fmt::{self, Display, Write};

/// How tightly an expression holds together; a looser one within a tighter one takes parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Any,
    All,
    Compare,
    Sum,
    Product,
    Unary,
    Power,
    Primary,
}

/// `{name}{(arguments)} = {body}; … {root}`.
impl Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for definition in &self.definitions {
            f.write_str(self.name(definition.name))?;
            if let Some(arguments) = &definition.arguments {
                let names: Vec<&str> = arguments.iter().map(|a| self.name(*a)).collect();
                write!(f, "({})", names.join(", "))?;
            }
            f.write_str(" = ")?;
            self.write(f, definition.body, Level::Any)?;
            f.write_str("; ")?;
        }
        self.write(f, self.root, Level::Any)
    }
}

impl Tree {
    fn level(&self, id: ExprId) -> Level {
        match self.expr(id) {
            Expr::Any(_) => Level::Any,
            Expr::All(_) => Level::All,
            Expr::Compare(..) => Level::Compare,
            Expr::Sum(_) => Level::Sum,
            Expr::Product(_) => Level::Product,
            Expr::Negative(_) | Expr::Not(_) => Level::Unary,
            Expr::Power(..) => Level::Power,
            Expr::Number(_) | Expr::Name(_) | Expr::Index(..) | Expr::Call(..) | Expr::Loop { .. } | Expr::Mean(_) => {
                Level::Primary
            }
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, id: ExprId, least: Level) -> fmt::Result {
        let inside = self.level(id) < least;
        if inside {
            f.write_char('(')?;
        }
        match self.expr(id) {
            Expr::Number(value) => write_number(f, *value)?,
            Expr::Name(symbol) => f.write_str(self.name(*symbol))?,
            Expr::Index(symbol, index) => {
                write!(f, "{}[", self.name(*symbol))?;
                self.write(f, *index, Level::Sum)?;
                f.write_char(']')?;
            }
            Expr::Negative(a) => {
                f.write_char('-')?;
                self.write(f, *a, Level::Unary)?;
            }
            Expr::Not(a) => {
                f.write_char('!')?;
                self.write(f, *a, Level::Unary)?;
            }
            Expr::Sum(terms) => self.write_signed(f, terms, [" + ", " - "], Level::Product)?,
            Expr::Product(factors) => self.write_signed(f, factors, ["*", "/"], Level::Unary)?,
            Expr::Power(base, exponent) => {
                self.write(f, *base, Level::Primary)?;
                f.write_char('^')?;
                self.write(f, *exponent, Level::Unary)?;
            }
            Expr::Compare(relation, a, b) => {
                self.write(f, *a, Level::Sum)?;
                write!(f, " {} ", relation.sign())?;
                self.write(f, *b, Level::Sum)?;
            }
            Expr::All(list) => self.write_list(f, list, " && ", Level::Compare)?,
            Expr::Any(list) => self.write_list(f, list, " || ", Level::All)?,
            Expr::Call(symbol, arguments) => {
                write!(f, "{}(", self.name(*symbol))?;
                self.write_list(f, arguments, ", ", Level::Any)?;
                f.write_char(')')?;
            }
            Expr::Loop { product, variable, from, to, body } => {
                write!(f, "{}({}, ", if *product { "prod" } else { "sum" }, self.name(*variable))?;
                self.write_list(f, &[*from, *to, *body], ", ", Level::Any)?;
                f.write_char(')')?;
            }
            Expr::Mean(body) => {
                f.write_str("mean(")?;
                self.write(f, *body, Level::Any)?;
                f.write_char(')')?;
            }
        }
        if inside { f.write_char(')') } else { Ok(()) }
    }

    fn write_list(&self, f: &mut fmt::Formatter<'_>, list: &[ExprId], between: &str, least: Level) -> fmt::Result {
        for (i, id) in list.iter().enumerate() {
            if i > 0 {
                f.write_str(between)?;
            }
            self.write(f, *id, least)?;
        }
        Ok(())
    }

    fn write_signed(&self, f: &mut fmt::Formatter<'_>, list: &[(bool, ExprId)], signs: [&str; 2], least: Level) -> fmt::Result {
        for (i, (inverse, id)) in list.iter().enumerate() {
            if i > 0 {
                f.write_str(signs[usize::from(*inverse)])?;
            }
            self.write(f, *id, least)?;
        }
        Ok(())
    }
}

/// The shortest digits that read back to the same bits; with an exponent where they would be many.
fn write_number(f: &mut fmt::Formatter<'_>, value: f64) -> fmt::Result {
    if value == 0.0 || (1e-5..1e16).contains(&value) { write!(f, "{value}") } else { write!(f, "{value:e}") }
}

#[cfg(test)]
mod tests {
    use super::super::scope::{Scope, Table};
    use super::super::{lexer, parser};
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    fn scope() -> Scope {
        let table = Table::new(vec![("z".into(), 2), ("s".into(), 1)], vec![1.0; 6]).unwrap();
        Scope { dim: 3, parameters: vec!["a".into(), "beta_1".into()], table: Some(table) }
    }

    /// Texts of formulas, built from the grammar's own parts with parentheses everywhere.
    fn formulas() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            (0.0..1e3_f64).prop_map(|v| v.to_string()),
            (-300..300_i32).prop_map(|k| format!("1.5e{k}")),
            prop::sample::select(vec!["x", "y", "z", "a", "beta_1", "pi", "x[1 + 1]", "x3", "n", "t", "s"])
                .prop_map(String::from),
        ];
        leaf.prop_recursive(6, 60, 4, |inner| {
            let signs = prop::sample::select(vec!["+", "-", "*", "/", "^", "<", ">=", "!=", "&&", "||", ")(", " "]);
            let functions = prop::sample::select(vec!["sin", "-", "!", "g", "2", "--", "mean", "sum(i, 1, 2+1,", "x^-"]);
            prop_oneof![
                (inner.clone(), signs.clone(), inner.clone()).prop_map(|(a, sign, b)| format!("({a} {sign} {b})")),
                (inner.clone(), signs, inner.clone()).prop_map(|(a, sign, b)| format!("{a} {sign} {b}")),
                (functions, inner.clone()).prop_map(|(f, a)| if f.starts_with("sum") {
                    format!("{f} {a})")
                } else {
                    format!("{f}({a})")
                }),
                (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("if({a}, min({b}, {c}), hypot({c}, {a}))")),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::with_cases(500) })]

        #[test]
        fn what_is_printed_reads_back_to_the_same_tree(text in formulas()) {
            let (scope, text) = (scope(), format!("t = x + 1; g(u) = u^2 - t; {text}"));
            if let Ok(tree) = parser::parse(&text, &scope) {
                let printed = tree.to_string();
                let again = parser::parse(&printed, &scope);
                let again = again.unwrap_or_else(|e| panic!("{text} printed as {printed}: {e}"));
                prop_assert_eq!(&printed, &again.to_string());
                prop_assert_eq!(format!("{:?}", tree.shape(tree.root)), format!("{:?}", again.shape(again.root)));
            }
        }
    }

    #[test]
    fn fewest_parentheses() {
        for (text, printed) in [
            ("((x))+(y)", "x + y"),
            ("2x", "2*x"),
            ("(x*y)/(2*z)", "(x*y)/(2*z)"),
            ("-(2^2)", "-2^2"),
            ("(-2)^2", "(-2)^2"),
            ("2^(3^2)", "2^3^2"),
            ("(2^3)^2", "(2^3)^2"),
            ("x-(y-z)", "x - (y - z)"),
            ("sin²(x)", "sin(x)^2"),
            ("0.1+1e300-1e-7", "0.1 + 1e300 - 1e-7"),
            ("g(u)=u²;g(x)", "g(u) = u^2; g(x)"),
            ("sum(i,1,n,x[i])", "sum(i, 1, n, x[i])"),
            ("mean( s*x )", "mean(s*x)"),
            ("!(x<y)&&1", "!(x < y) && 1"),
        ] {
            assert_eq!(parser::parse(text, &scope()).unwrap().to_string(), printed);
        }
        assert!(lexer::is_name("beta_1") && !lexer::is_name("1x"));
    }
}
