// The map: what every source of f shares. `shade` repeats src/view/shade.rs line for line.

struct Map {
    // As Shading::floats of src/view/shade.rs.
    value: vec4<f32>,
    position: vec4<f32>,
    lines: vec4<f32>,
    lengths: vec4<f32>,
    ink: vec4<f32>,
    void_color: vec4<f32>,
    tints: array<vec4<f32>, 4>,
    // Half extents of the view; 1 for a target that encodes sRGB itself; unused.
    window: vec4<f32>,
    // Nodes of the field per axis; their distances.
    grid: vec4<f32>,
    // Reference value; columns of the sample table; unused.
    formula: vec4<f32>,
    parameters: array<vec4<f32>, 16>,
    origin: array<vec4<f32>, 16>,
    along_u: array<vec4<f32>, 16>,
    along_v: array<vec4<f32>, 16>,
}

@group(0) @binding(0) var<uniform> map: Map;
@group(0) @binding(1) var color_map: texture_2d<f32>;
@group(0) @binding(2) var samples: texture_2d<f32>;
@group(0) @binding(3) var field_slopes: texture_2d<f32>;
@group(0) @binding(4) var field_curvatures: texture_2d<f32>;

struct Corner {
    @builtin(position) position: vec4<f32>,
    // From (-1, -1) at the lower left to (1, 1).
    @location(0) at: vec2<f32>,
}

@vertex
fn vs_map(@builtin(vertex_index) index: u32) -> Corner {
    // One triangle that covers the viewport.
    let at = vec2<f32>(f32((index << 1u) & 2u), f32(index & 2u)) * 2.0 - 1.0;
    return Corner(vec4<f32>(at, 0.0, 1.0), at);
}

struct Sample {
    difference: f32,
    gradient: vec2<f32>,
    hessian: vec3<f32>,
}

const SAMPLES_PER_ROW: i32 = 1024;

fn ss_param(i: u32) -> f32 {
    return map.parameters[i >> 2u][i & 3u];
}

fn ss_origin(i: u32) -> f32 {
    return map.origin[i >> 2u][i & 3u];
}

fn ss_a(i: u32) -> f32 {
    return map.along_u[i >> 2u][i & 3u];
}

fn ss_b(i: u32) -> f32 {
    return map.along_v[i >> 2u][i & 3u];
}

fn ss_table(row: i32, column: i32) -> f32 {
    let i = row * i32(map.formula.y) + column;
    return textureLoad(samples, vec2<i32>(i % SAMPLES_PER_ROW, i / SAMPLES_PER_ROW), 0).x;
}

// By its bits: a shader may compute as if there were no NaN.
fn finite(x: f32) -> bool {
    return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}

fn log1p(x: f32) -> f32 {
    if abs(x) < 0.03 {
        return x * (1.0 - x * (0.5 - x * (1.0 / 3.0 - x * (0.25 - x * 0.2))));
    }
    return log(1.0 + x);
}

fn lookup(t: f32) -> vec3<f32> {
    let position = clamp(t, 0.0, 1.0) * 255.0;
    let index = min(floor(position), 254.0);
    let from_color = textureLoad(color_map, vec2<i32>(i32(index), 0), 0).rgb;
    let to_color = textureLoad(color_map, vec2<i32>(i32(index) + 1, 0), 0).rgb;
    return mix(from_color, to_color, position - index);
}

fn level_line(q: f32, rate: f32) -> f32 {
    let distance = abs(q - floor(q + 0.5)) / max(rate, 1e-30);
    return clamp(1.15 - distance, 0.0, 1.0) * (1.0 - smoothstep(1.0 / 7.0, 1.0 / 3.0, rate));
}

fn tint(hessian: vec3<f32>) -> vec3<f32> {
    let middle = 0.5 * (hessian.x + hessian.z);
    let half_difference = 0.5 * (hessian.x - hessian.z);
    let spread = sqrt(half_difference * half_difference + hessian.y * hessian.y);
    let low = middle - spread;
    let high = middle + spread;
    let size = max(abs(low), abs(high));
    if !(size > 0.0 && size < 3e38) {
        return map.tints[3].rgb;
    }
    var kind = map.tints[1].rgb;
    if low > 0.0 {
        kind = map.tints[0].rgb;
    } else if high < 0.0 {
        kind = map.tints[2].rgb;
    }
    return mix(map.tints[3].rgb, kind, smoothstep(0.01, 0.03, min(abs(low), abs(high)) / size));
}

fn shade(s: Sample) -> vec3<f32> {
    let df = s.difference;
    if !(finite(df) && finite(s.gradient.x) && finite(s.gradient.y)) {
        return map.void_color.rgb;
    }

    let z_ref = map.value.x;
    let knee = map.value.y;
    var w = df;
    var slope = 1.0;
    if map.value.z > 0.5 {
        let z = z_ref + df;
        let side = select(1.0, -1.0, z_ref < 0.0);
        slope = 1.0 / (knee + abs(z));
        if z * side >= 0.0 {
            w = side * log1p(side * df / (knee + abs(z_ref)));
        } else {
            w = -side * (log1p(abs(z) / knee) + log1p(abs(z_ref) / knee));
        }
    }

    var color = lookup(map.position.x + map.position.y * w);

    let light_from = vec3<f32>(-0.424, 0.424, 0.8);
    let tilt = s.gradient * map.lengths.zw * slope * map.position.y * 0.6;
    let length_of_normal = sqrt(1.0 + dot(tilt, tilt));
    if length_of_normal < 1e18 {
        let facing = (light_from.z - dot(tilt, light_from.xy)) / (length_of_normal * light_from.z);
        color = clamp(color * (1.0 + map.lines.w * (clamp(facing, 0.0, 1.25) - 1.0)), vec3<f32>(0.0), vec3<f32>(1.0));
    }

    if map.ink.w > 0.0 {
        color = mix(color, tint(s.hessian), map.ink.w);
    }

    let q = map.position.z + map.position.w * w;
    let rates = s.gradient * map.lengths.xy * (slope * map.position.w);
    let rate = sqrt(dot(rates, rates));
    let thin = map.lines.x;
    let strong = map.lines.y;
    let coarse = max(thin * level_line(q, rate), strong * level_line(q / 5.0, rate / 5.0));
    let fine = max(thin * level_line(2.0 * q, 2.0 * rate), strong * level_line(0.4 * q, 0.4 * rate));
    let certain = 1.0 - smoothstep(0.25, 0.75, map.value.w * slope * map.position.w / max(rate, 1e-30));
    let sloped = smoothstep(4e-6, 2e-5, rate);
    return mix(color, map.ink.rgb, max(coarse, map.lines.z * fine) * certain * sloped);
}

fn for_target(color: vec3<f32>) -> vec4<f32> {
    if map.window.z > 0.5 {
        let low = color / 12.92;
        let high = pow((color + 0.055) / 1.055, vec3<f32>(2.4));
        return vec4<f32>(select(high, low, color <= vec3<f32>(0.04045)), 1.0);
    }
    return vec4<f32>(color, 1.0);
}
