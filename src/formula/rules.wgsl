// The rule table of op.rs in WGSL: f(x), f'(x), f''(x) for one argument; values, slopes and curvatures for two.
// One function a paragraph; a snippet carries the ones it calls. Operations keep to what WebGL2 has and away from
// infinities, which a shader may not rely on: what would be infinite is large.

fn ss_undefined() -> f32 {
    var bits = 0x7fc00000u;
    return bitcast<f32>(bits);
}

fn ss_far_from_zero(x: f32) -> f32 {
    return select(max(x, 1e-30), min(x, -1e-30), x < 0.0);
}

fn ss_expm1(x: f32) -> f32 {
    if abs(x) < 0.1 {
        return x * (1.0 + x * (0.5 + x * (0.16666667 + x * (0.041666668 + x * 0.008333334))));
    }
    return exp(min(x, 88.7)) - 1.0;
}

fn ss_log1p(x: f32) -> f32 {
    if abs(x) < 0.05 {
        return x * (1.0 - x * (0.5 - x * (0.33333334 - x * (0.25 - x * 0.2))));
    }
    return log(1.0 + x);
}

fn ss_erf(x: f32) -> f32 {
    let t = 1.0 / (1.0 + 0.3275911 * abs(x));
    let p = t * (0.2548296 + t * (-0.28449672 + t * (1.4214138 + t * (-1.4531521 + t * 1.0614054))));
    let far = sign(x) * (1.0 - p * exp(-x * x));
    let s = x * x;
    let near = x * (1.1283792 - s * (0.37612638 - s * (0.11283792 - s * (0.026866170 - s * 0.0052239776))));
    return select(far, near, abs(x) < 0.5);
}

fn ss_sigmoid(x: f32) -> f32 {
    let e = exp(-abs(x));
    return select(e, 1.0, x >= 0.0) / (1.0 + e);
}

fn ss_softplus(x: f32) -> f32 {
    return max(x, 0.0) + ss_log1p(exp(-abs(x)));
}

fn ss_round(x: f32) -> f32 {
    return sign(x) * floor(abs(x) + 0.5);
}

fn ss_cbrt(x: f32) -> f32 {
    return sign(x) * pow(abs(x), 0.33333334);
}

fn ss_tanh(x: f32) -> f32 {
    return tanh(clamp(x, -15.0, 15.0));
}

fn ss_asinh(x: f32) -> f32 {
    return sign(x) * asinh(abs(x));
}

// x^y with the sign of an odd power of a negative number.
fn ss_pow(x: f32, y: f32) -> f32 {
    if x == 0.0 {
        return select(select(3.4e38, 0.0, y > 0.0), 1.0, y == 0.0);
    }
    let size = exp2(min(y * log2(abs(x)), 127.99));
    if x > 0.0 {
        return size;
    }
    if floor(y) != y {
        return ss_undefined();
    }
    return select(size, -size, floor(0.5 * y) != 0.5 * y);
}

fn ss_mod(x: f32, y: f32) -> f32 {
    return x - y * floor(x / y);
}

fn ss_d_exp(x: f32) -> vec3<f32> {
    let e = exp(min(x, 88.7));
    return vec3<f32>(e, e, e);
}

fn ss_d_expm1(x: f32) -> vec3<f32> {
    let e = exp(min(x, 88.7));
    return vec3<f32>(ss_expm1(x), e, e);
}

fn ss_d_log(x: f32) -> vec3<f32> {
    let r = 1.0 / ss_far_from_zero(x);
    return vec3<f32>(log(x), r, -r * r);
}

fn ss_d_log1p(x: f32) -> vec3<f32> {
    let r = 1.0 / ss_far_from_zero(1.0 + x);
    return vec3<f32>(ss_log1p(x), r, -r * r);
}

fn ss_d_log2(x: f32) -> vec3<f32> {
    let r = 1.0 / ss_far_from_zero(x);
    return vec3<f32>(log2(x), 1.442695 * r, -1.442695 * r * r);
}

fn ss_d_log10(x: f32) -> vec3<f32> {
    let r = 1.0 / ss_far_from_zero(x);
    return 0.4342945 * vec3<f32>(log(x), r, -r * r);
}

fn ss_d_sqrt(x: f32) -> vec3<f32> {
    let s = sqrt(x);
    let r = 1.0 / max(s, 1e-12);
    return vec3<f32>(s, 0.5 * r, -0.25 * r * r * r);
}

fn ss_d_cbrt(x: f32) -> vec3<f32> {
    let c = ss_cbrt(x);
    let r = 1.0 / select(max(c, 1e-7), min(c, -1e-7), c < 0.0);
    return vec3<f32>(c, r * r / 3.0, -2.0 / 9.0 * r * r * r * r * r);
}

fn ss_d_abs(x: f32) -> vec3<f32> {
    return vec3<f32>(abs(x), sign(x), 0.0);
}

fn ss_d_sign(x: f32) -> vec3<f32> {
    return vec3<f32>(sign(x), 0.0, 0.0);
}

fn ss_d_floor(x: f32) -> vec3<f32> {
    return vec3<f32>(floor(x), 0.0, 0.0);
}

fn ss_d_ceil(x: f32) -> vec3<f32> {
    return vec3<f32>(ceil(x), 0.0, 0.0);
}

fn ss_d_round(x: f32) -> vec3<f32> {
    return vec3<f32>(ss_round(x), 0.0, 0.0);
}

fn ss_d_not(x: f32) -> vec3<f32> {
    return vec3<f32>(select(0.0, 1.0, x == 0.0), 0.0, 0.0);
}

fn ss_d_sin(x: f32) -> vec3<f32> {
    let s = sin(x);
    return vec3<f32>(s, cos(x), -s);
}

fn ss_d_cos(x: f32) -> vec3<f32> {
    let c = cos(x);
    return vec3<f32>(c, -sin(x), -c);
}

fn ss_d_tan(x: f32) -> vec3<f32> {
    let t = tan(x);
    let d = 1.0 + t * t;
    return vec3<f32>(t, d, 2.0 * t * d);
}

fn ss_d_asin(x: f32) -> vec3<f32> {
    let w = max((1.0 - x) * (1.0 + x), 1e-20);
    let d = 1.0 / sqrt(w);
    return vec3<f32>(asin(x), d, x * d / w);
}

fn ss_d_acos(x: f32) -> vec3<f32> {
    let w = max((1.0 - x) * (1.0 + x), 1e-20);
    let d = -1.0 / sqrt(w);
    return vec3<f32>(acos(x), d, x * d / w);
}

fn ss_d_atan(x: f32) -> vec3<f32> {
    let d = 1.0 / (1.0 + x * x);
    return vec3<f32>(atan(x), d, -2.0 * x * d * d);
}

fn ss_d_sinh(x: f32) -> vec3<f32> {
    let b = clamp(x, -88.0, 88.0);
    let s = sinh(b);
    return vec3<f32>(s, cosh(b), s);
}

fn ss_d_cosh(x: f32) -> vec3<f32> {
    let b = clamp(x, -88.0, 88.0);
    let c = cosh(b);
    return vec3<f32>(c, sinh(b), c);
}

fn ss_d_tanh(x: f32) -> vec3<f32> {
    let t = ss_tanh(x);
    let e = exp(-2.0 * abs(x));
    let d = 4.0 * e / ((1.0 + e) * (1.0 + e));
    return vec3<f32>(t, d, -2.0 * t * d);
}

fn ss_d_asinh(x: f32) -> vec3<f32> {
    let w = 1.0 + x * x;
    let d = 1.0 / sqrt(w);
    return vec3<f32>(ss_asinh(x), d, -x * d / w);
}

fn ss_d_acosh(x: f32) -> vec3<f32> {
    let w = max((x - 1.0) * (x + 1.0), 1e-20);
    let d = 1.0 / sqrt(w);
    return vec3<f32>(acosh(x), d, -x * d / w);
}

fn ss_d_atanh(x: f32) -> vec3<f32> {
    let d = 1.0 / ss_far_from_zero((1.0 - x) * (1.0 + x));
    return vec3<f32>(atanh(x), d, 2.0 * x * d * d);
}

fn ss_d_erf(x: f32) -> vec3<f32> {
    let d = 1.1283792 * exp(-x * x);
    return vec3<f32>(ss_erf(x), d, -2.0 * x * d);
}

fn ss_d_sigmoid(x: f32) -> vec3<f32> {
    let e = exp(-abs(x));
    let s = 1.0 / (1.0 + e);
    let d = e * s * s;
    return vec3<f32>(ss_sigmoid(x), d, -d * ss_tanh(0.5 * x));
}

fn ss_d_softplus(x: f32) -> vec3<f32> {
    let e = exp(-abs(x));
    let s = 1.0 / (1.0 + e);
    return vec3<f32>(ss_softplus(x), ss_sigmoid(x), e * s * s);
}

fn ss_d_relu(x: f32) -> vec3<f32> {
    return vec3<f32>(max(x, 0.0), select(0.0, 1.0, x > 0.0), 0.0);
}

// c / x
fn ss_d_over(x: f32, c: f32) -> vec3<f32> {
    let r = 1.0 / ss_far_from_zero(x);
    let f = c * r;
    return vec3<f32>(f, -f * r, 2.0 * f * r * r);
}

// x^c
fn ss_d_powf(x: f32, c: f32) -> vec3<f32> {
    return vec3<f32>(ss_pow(x, c), c * ss_pow(x, c - 1.0), c * (c - 1.0) * ss_pow(x, c - 2.0));
}

fn ss_r_div(x: f32, y: f32) -> SsRule {
    let r = 1.0 / ss_far_from_zero(y);
    let f = x * r;
    return SsRule(f, vec2<f32>(r, -f * r), vec3<f32>(0.0, -r * r, 2.0 * f * r * r));
}

fn ss_r_pow(x: f32, y: f32) -> SsRule {
    let f = ss_pow(x, y);
    let l = select(0.0, log(max(x, 1e-37)), x > 0.0);
    let p = ss_pow(x, y - 1.0);
    return SsRule(f, vec2<f32>(y * p, l * f), vec3<f32>(y * (y - 1.0) * ss_pow(x, y - 2.0), (1.0 + y * l) * p, l * l * f));
}

fn ss_r_min(x: f32, y: f32) -> SsRule {
    let first = select(select(0.0, 1.0, x < y), 0.5, x == y);
    return SsRule(min(x, y), vec2<f32>(first, 1.0 - first), vec3<f32>(0.0));
}

fn ss_r_max(x: f32, y: f32) -> SsRule {
    let first = select(select(0.0, 1.0, x > y), 0.5, x == y);
    return SsRule(max(x, y), vec2<f32>(first, 1.0 - first), vec3<f32>(0.0));
}

fn ss_r_mod(x: f32, y: f32) -> SsRule {
    return SsRule(ss_mod(x, y), vec2<f32>(1.0, -floor(x / y)), vec3<f32>(0.0));
}

fn ss_r_atan2(x: f32, y: f32) -> SsRule {
    let h = max(length(vec2<f32>(x, y)), 1e-15);
    let a = x / h;
    let b = y / h;
    let w = 2.0 * a * b / (h * h);
    return SsRule(atan2(x, y), vec2<f32>(b / h, -a / h), vec3<f32>(-w, (a * a - b * b) / (h * h), w));
}

fn ss_r_hypot(x: f32, y: f32) -> SsRule {
    let f = length(vec2<f32>(x, y));
    let h = max(f, 1e-30);
    let a = x / h;
    let b = y / h;
    return SsRule(f, vec2<f32>(a, b), vec3<f32>(b * b / h, -a * b / h, a * a / h));
}

fn ss_lift(f: f32) -> SsJet {
    return SsJet(f, vec2<f32>(0.0), vec3<f32>(0.0));
}

fn ss_add(a: SsJet, b: SsJet) -> SsJet {
    return SsJet(a.f + b.f, a.g + b.g, a.h + b.h);
}

fn ss_sub(a: SsJet, b: SsJet) -> SsJet {
    return SsJet(a.f - b.f, a.g - b.g, a.h - b.h);
}

fn ss_shift(a: SsJet, c: f32) -> SsJet {
    return SsJet(a.f + c, a.g, a.h);
}

fn ss_scale(a: SsJet, c: f32) -> SsJet {
    return SsJet(c * a.f, c * a.g, c * a.h);
}

fn ss_choose(c: f32, a: SsJet, b: SsJet) -> SsJet {
    if c != 0.0 {
        return a;
    }
    return b;
}

fn ss_chain(a: SsJet, d: vec3<f32>) -> SsJet {
    let outer = vec3<f32>(a.g.x * a.g.x, a.g.x * a.g.y, a.g.y * a.g.y);
    return SsJet(d.x, d.y * a.g, d.y * a.h + d.z * outer);
}

fn ss_mul(a: SsJet, b: SsJet) -> SsJet {
    let mixed = vec3<f32>(2.0 * a.g.x * b.g.x, a.g.x * b.g.y + a.g.y * b.g.x, 2.0 * a.g.y * b.g.y);
    return SsJet(a.f * b.f, a.f * b.g + b.f * a.g, a.f * b.h + b.f * a.h + mixed);
}

fn ss_chain2(a: SsJet, b: SsJet, r: SsRule) -> SsJet {
    let aa = vec3<f32>(a.g.x * a.g.x, a.g.x * a.g.y, a.g.y * a.g.y);
    let ab = vec3<f32>(2.0 * a.g.x * b.g.x, a.g.x * b.g.y + a.g.y * b.g.x, 2.0 * a.g.y * b.g.y);
    let bb = vec3<f32>(b.g.x * b.g.x, b.g.x * b.g.y, b.g.y * b.g.y);
    return SsJet(r.f, r.d.x * a.g + r.d.y * b.g, r.d.x * a.h + r.d.y * b.h + r.dd.x * aa + r.dd.y * ab + r.dd.z * bb);
}
