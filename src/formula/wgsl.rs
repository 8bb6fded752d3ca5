//! The tape printed as WGSL: the value and the jet on a plane x = origin + u a + v b, in f32.

use super::op::{Binary, Unary};
use super::syntax::Comparison;
use super::tape::{Instruction, Slot, Step, Tape};
use super::{Formula, Table};
use std::collections::BTreeSet;
use std::fmt::Write;

const RULES: &str = include_str!("rules.wgsl");
const TYPES: &str =
    "struct SsJet { f: f32, g: vec2<f32>, h: vec3<f32> }\nstruct SsRule { f: f32, d: vec2<f32>, dd: vec3<f32> }\n";

impl Formula {
    /// WGSL functions for f on a plane: `ss_value(u, v) -> f32`, and `ss_jet(u, v) -> SsJet` with the value `f`,
    /// `g` = (f_u, f_v) and `h` = (f_uu, f_uv, f_vv). Declares `SsJet`, `SsRule` and functions whose names begin with `ss_`.
    ///
    /// The shader around it provides, with indices from 0:
    /// `ss_param(i: u32)`, `ss_origin(i: u32)`, `ss_a(i: u32)`, `ss_b(i: u32)` and `ss_table(row: i32, column: i32)`, each
    /// `-> f32`. Parameters, the plane and the samples are read through them, so only another formula or another number
    /// of samples needs another shader. Nothing beyond WebGL2 fragment shaders is used.
    pub fn wgsl(&self) -> String {
        let mut body = String::new();
        for jet in [false, true] {
            let mut writer = Writer {
                tape: self.full_tape(),
                jet,
                varies: vec![false; self.full_tape().slots],
                out: &mut body,
                indent: "    ",
            };
            writer.function(self.table());
        }
        let mut powers = String::new();
        let mut done = BTreeSet::new();
        for step in self.full_tape().steps() {
            if let Instruction::Unary(Unary::Powi(k), _) = step.instruction
                && done.insert(k)
            {
                power(&mut powers, k);
            }
        }
        let body = powers + &body;
        TYPES.to_owned() + &rules_for(&body) + &body
    }

    /// Operations in the compiled formula: what one evaluation costs, and the lines of each WGSL function.
    pub fn operations(&self) -> usize {
        self.tape().steps().count()
    }
}

/// The paragraphs of the rule file that `body` calls, and those that they call, in the file's order.
fn rules_for(body: &str) -> String {
    let mut text = body.to_owned();
    let mut chosen = Vec::new();
    // A rule calls only rules above it.
    for rule in RULES.split("\n\n").collect::<Vec<_>>().into_iter().rev() {
        let Some((_, rest)) = rule.split_once("fn ") else { continue };
        let Some((name, _)) = rest.split_once('(') else { continue };
        if text.contains(&format!("{name}(")) {
            text.push_str(rule);
            chosen.push(rule.trim_end());
        }
    }
    chosen.iter().rev().fold(String::new(), |all, rule| all + rule + "\n")
}

/// A literal that every WGSL reader takes: finite, normal or zero, negative ones in parentheses.
fn literal(value: f64) -> String {
    let value = value as f32;
    if value.is_nan() {
        return "ss_undefined()".to_owned();
    }
    let value = value.clamp(-f32::MAX, f32::MAX);
    let value = if value.is_normal() { value } else { 0.0 };
    if value < 0.0 { format!("({value:?})") } else { format!("{value:?}") }
}

/// `ss_power_k`: xᵏ and its derivatives by repeated squaring.
fn power(out: &mut String, k: i32) {
    let size = k.unsigned_abs();
    let highest = (size + 2).ilog2();
    _ = writeln!(out, "fn {}(x: f32) -> vec3<f32> {{\n    let x0 = x;", power_name(k));
    for bit in 1..=highest {
        _ = writeln!(out, "    let x{bit} = x{0} * x{0};", bit - 1);
    }
    let product = |k: u32| {
        let factors: Vec<String> = (0..=highest).filter(|bit| k >> bit & 1 == 1).map(|bit| format!("x{bit}")).collect();
        if factors.is_empty() { "1.0".to_owned() } else { factors.join(" * ") }
    };
    let derivative = |k: i32| if k < 0 { format!("1.0 / ({})", product(k.unsigned_abs())) } else { product(k.unsigned_abs()) };
    let (first, second) = (literal(f64::from(k)), literal(f64::from(k) * f64::from(k - 1)));
    let values = [derivative(k), format!("{first} * ({})", derivative(k - 1)), format!("{second} * ({})", derivative(k - 2))];
    _ = writeln!(out, "    return vec3<f32>({});\n}}", values.join(", "));
}

fn power_name(k: i32) -> String {
    format!("ss_power_{}{}", if k < 0 { "m" } else { "" }, k.unsigned_abs())
}

struct Writer<'a> {
    tape: &'a Tape,
    /// Jets, or values alone.
    jet: bool,
    /// Registers that depend on u and v: the others are plain numbers in either function.
    varies: Vec<bool>,
    out: &'a mut String,
    indent: &'static str,
}

impl Writer<'_> {
    fn function(&mut self, table: Option<&Table>) {
        let (name, result) = if self.jet { ("ss_jet", "SsJet") } else { ("ss_value", "f32") };
        _ = writeln!(self.out, "fn {name}(u: f32, v: f32) -> {result} {{");
        let tape = self.tape;
        let read: BTreeSet<Slot> = reads(tape);
        for i in (0..tape.variables).filter(|i| read.contains(&(*i as Slot))) {
            self.varies[i] = true;
            let value = format!("ss_origin({i}u) + u * ss_a({i}u) + v * ss_b({i}u)");
            let jet = format!("SsJet({value}, vec2<f32>(ss_a({i}u), ss_b({i}u)), vec3<f32>(0.0))");
            self.let_(i as Slot, if self.jet { jet } else { value });
        }
        for i in (0..tape.parameters).filter(|i| read.contains(&((tape.variables + i) as Slot))) {
            self.let_((tape.variables + i) as Slot, format!("ss_param({i}u)"));
        }
        self.steps(&tape.prologue);
        if let (Some(table), false) = (table, tape.means.is_empty()) {
            self.rows(table);
            self.steps(&tape.epilogue);
        }
        let value = self.full(tape.result);
        _ = writeln!(self.out, "    return {value};\n}}");
    }

    fn rows(&mut self, table: &Table) {
        let tape = self.tape;
        // What a mean depends on is known only after its terms: write the loop aside.
        let mut inner = String::new();
        let outer = std::mem::take(self.out);
        self.indent = "        ";
        for (k, column) in tape.columns.iter().enumerate() {
            self.let_((tape.variables + tape.parameters + k) as Slot, format!("ss_table(row, {column})"));
        }
        self.steps(&tape.body);
        self.indent = "    ";
        std::mem::swap(self.out, &mut inner);
        *self.out = outer;
        for (term, mean) in &tape.means {
            let jet = self.jet && self.varies[*term as usize];
            self.varies[*mean as usize] = self.varies[*term as usize];
            let zero = if jet { "ss_lift(0.0)" } else { "0.0" };
            _ = writeln!(self.out, "    var s{mean} = {zero};");
        }
        _ = writeln!(self.out, "    for (var row = 0; row < {}; row++) {{\n{}", table.rows(), inner.trim_end());
        for (term, mean) in &tape.means {
            let sum = if self.is_jet(*mean) { format!("ss_add(s{mean}, r{term})") } else { format!("s{mean} + r{term}") };
            _ = writeln!(self.out, "        s{mean} = {sum};");
        }
        _ = writeln!(self.out, "    }}");
        let share = literal(1.0 / table.rows() as f64);
        for (_, mean) in &tape.means {
            let value = if self.is_jet(*mean) { format!("ss_scale(s{mean}, {share})") } else { format!("s{mean} * {share}") };
            self.let_(*mean, value);
        }
    }

    fn is_jet(&self, slot: Slot) -> bool {
        self.jet && self.varies[slot as usize]
    }

    /// The register as what the function returns.
    fn full(&self, slot: Slot) -> String {
        if self.jet && !self.is_jet(slot) { format!("ss_lift(r{slot})") } else { format!("r{slot}") }
    }

    fn let_(&mut self, slot: Slot, value: String) {
        _ = writeln!(self.out, "{}let r{slot} = {value};", self.indent);
    }

    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            let varies = match step.instruction {
                Instruction::Const(_) => false,
                Instruction::Unary(_, a) => self.varies[a as usize],
                Instruction::Binary(_, a, b) => self.varies[a as usize] || self.varies[b as usize],
                Instruction::Select(c, a, b) => [c, a, b].iter().any(|r| self.varies[*r as usize]),
            };
            self.varies[step.out as usize] = varies;
            let value = if self.jet && varies { self.jet_of(step.instruction) } else { value_of(step.instruction) };
            self.let_(step.out, value);
        }
    }

    fn jet_of(&self, instruction: Instruction) -> String {
        match instruction {
            Instruction::Const(c) => literal(c),
            Instruction::Unary(op, a) => match op {
                Unary::Neg => format!("ss_scale(r{a}, -1.0)"),
                Unary::Add(c) => format!("ss_shift(r{a}, {})", literal(c.get())),
                Unary::Mul(c) => format!("ss_scale(r{a}, {})", literal(c.get())),
                Unary::Div(c) => format!("ss_scale(r{a}, {})", literal(1.0 / c.get())),
                Unary::From(c) => format!("ss_shift(ss_scale(r{a}, -1.0), {})", literal(c.get())),
                _ => format!("ss_chain(r{a}, {})", rule_of(op, &format!("r{a}.f"))),
            },
            Instruction::Binary(op, a, b) => self.binary(op, a, b),
            Instruction::Select(c, a, b) => {
                let condition = if self.is_jet(c) { format!("r{c}.f") } else { format!("r{c}") };
                format!("ss_choose({condition}, {}, {})", self.full(a), self.full(b))
            }
        }
    }

    fn binary(&self, op: Binary, a: Slot, b: Slot) -> String {
        let plain = |slot: Slot| if self.is_jet(slot) { format!("r{slot}.f") } else { format!("r{slot}") };
        match (op, self.is_jet(a), self.is_jet(b)) {
            (Binary::Add, true, false) => format!("ss_shift(r{a}, r{b})"),
            (Binary::Add, false, true) => format!("ss_shift(r{b}, r{a})"),
            (Binary::Sub, true, false) => format!("ss_shift(r{a}, -r{b})"),
            (Binary::Sub, false, true) => format!("ss_shift(ss_scale(r{b}, -1.0), r{a})"),
            (Binary::Mul, true, false) => format!("ss_scale(r{a}, r{b})"),
            (Binary::Mul, false, true) => format!("ss_scale(r{b}, r{a})"),
            (Binary::Div, true, false) => format!("ss_scale(r{a}, 1.0 / r{b})"),
            (Binary::Add, ..) => format!("ss_add(r{a}, r{b})"),
            (Binary::Sub, ..) => format!("ss_sub(r{a}, r{b})"),
            (Binary::Mul, ..) => format!("ss_mul(r{a}, r{b})"),
            (Binary::And | Binary::Or | Binary::Compare(_), ..) => {
                format!("ss_lift({})", truth(op, &plain(a), &plain(b)))
            }
            _ => {
                let name = if op == Binary::Div { "div" } else { op.name() };
                format!("ss_chain2({}, {}, ss_r_{name}({}, {}))", self.full(a), self.full(b), plain(a), plain(b))
            }
        }
    }
}

fn reads(tape: &Tape) -> BTreeSet<Slot> {
    let mut read = BTreeSet::from([tape.result]);
    for step in tape.steps() {
        match step.instruction {
            Instruction::Const(_) => {}
            Instruction::Unary(_, a) => read.extend([a]),
            Instruction::Binary(_, a, b) => read.extend([a, b]),
            Instruction::Select(c, a, b) => read.extend([c, a, b]),
        }
    }
    read.extend(tape.means.iter().map(|m| m.0));
    read
}

/// f, f′ and f″ as a vector.
fn rule_of(op: Unary, x: &str) -> String {
    match op {
        Unary::Powi(k) => format!("{}({x})", power_name(k)),
        Unary::Powf(c) => format!("ss_d_powf({x}, {})", literal(c.get())),
        Unary::Over(c) => format!("ss_d_over({x}, {})", literal(c.get())),
        _ => format!("ss_d_{}({x})", op.name()),
    }
}

fn truth(op: Binary, a: &str, b: &str) -> String {
    match op {
        Binary::And => format!("select(0.0, 1.0, {a} != 0.0 && {b} != 0.0)"),
        Binary::Or => format!("select(0.0, 1.0, {a} != 0.0 || {b} != 0.0)"),
        Binary::Compare(Comparison::Less) => format!("select(0.0, 1.0, {a} < {b})"),
        Binary::Compare(c) => format!("select(0.0, 1.0, {a} {} {b})", c.sign()),
        _ => String::new(),
    }
}

/// The value of plain numbers.
fn value_of(instruction: Instruction) -> String {
    match instruction {
        Instruction::Const(c) => literal(c),
        Instruction::Select(c, a, b) => format!("select(r{b}, r{a}, r{c} != 0.0)"),
        Instruction::Binary(op, a, b) => match op {
            Binary::Add | Binary::Sub | Binary::Mul | Binary::Div => format!("r{a} {} r{b}", op.name()),
            Binary::Min | Binary::Max | Binary::Atan2 => format!("{}(r{a}, r{b})", op.name()),
            Binary::Hypot => format!("length(vec2<f32>(r{a}, r{b}))"),
            Binary::Pow | Binary::Mod => format!("ss_{}(r{a}, r{b})", op.name()),
            _ => truth(op, &format!("r{a}"), &format!("r{b}")),
        },
        Instruction::Unary(op, a) => match op {
            Unary::Neg => format!("-r{a}"),
            Unary::Add(c) => format!("r{a} + {}", literal(c.get())),
            Unary::Mul(c) => format!("r{a} * {}", literal(c.get())),
            Unary::From(c) => format!("{} - r{a}", literal(c.get())),
            Unary::Div(c) => format!("r{a} * {}", literal(1.0 / c.get())),
            Unary::Over(c) => format!("{} / r{a}", literal(c.get())),
            Unary::Powi(2) => format!("r{a} * r{a}"),
            Unary::Powf(c) => format!("ss_pow(r{a}, {})", literal(c.get())),
            Unary::Sqrt | Unary::Abs | Unary::Sign | Unary::Floor | Unary::Ceil | Unary::Log | Unary::Sin | Unary::Cos => {
                format!("{}(r{a})", op.name())
            }
            _ => format!("{}.x", rule_of(op, &format!("r{a}"))),
        },
    }
}
