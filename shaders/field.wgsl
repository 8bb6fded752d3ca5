// f from a field sampled on a grid (src/view/field.rs): bicubic Hermite interpolation of value, slopes and twist,
// linear interpolation of the curvatures.

struct Basis {
    value_from: f32,
    value_to: f32,
    slope_from: f32,
    slope_to: f32,
}

fn hermite(s: f32) -> Basis {
    let rest = 1.0 - s;
    return Basis(rest * rest * (1.0 + 2.0 * s), s * s * (3.0 - 2.0 * s), s * rest * rest, -s * s * rest);
}

fn hermite_slope(s: f32) -> Basis {
    let hump = 6.0 * s * (1.0 - s);
    return Basis(-hump, hump, (1.0 - s) * (1.0 - 3.0 * s), s * (3.0 * s - 2.0));
}

// The four numbers of a node: value, slopes and twist times the distances of the nodes.
fn node(cell: vec2<i32>, i: i32, j: i32) -> vec4<f32> {
    return textureLoad(field_slopes, cell + vec2<i32>(i, j), 0);
}

fn along_row(from_node: vec4<f32>, to_node: vec4<f32>, b: Basis) -> vec2<f32> {
    let value = b.value_from * from_node.x + b.value_to * to_node.x + b.slope_from * from_node.y + b.slope_to * to_node.y;
    let slope = b.value_from * from_node.z + b.value_to * to_node.z + b.slope_from * from_node.w + b.slope_to * to_node.w;
    return vec2<f32>(value, slope);
}

fn across(low: vec2<f32>, high: vec2<f32>, b: Basis) -> f32 {
    return b.value_from * low.x + b.value_to * high.x + b.slope_from * low.y + b.slope_to * high.y;
}

fn field_sample(at: vec2<f32>) -> Sample {
    let position = (0.5 * at + 0.5) * (map.grid.xy - 1.0);
    let corner = clamp(floor(position), vec2<f32>(0.0), map.grid.xy - 2.0);
    let s = position - corner;
    let cell = vec2<i32>(corner);
    let n00 = node(cell, 0, 0);
    let n10 = node(cell, 1, 0);
    let n01 = node(cell, 0, 1);
    let n11 = node(cell, 1, 1);
    let bu = hermite(s.x);
    let bv = hermite(s.y);
    let low = along_row(n00, n10, bu);
    let high = along_row(n01, n11, bu);
    let du = across(along_row(n00, n10, hermite_slope(s.x)), along_row(n01, n11, hermite_slope(s.x)), bv);
    let dv = across(low, high, hermite_slope(s.y));
    let c00 = textureLoad(field_curvatures, cell, 0).xyz;
    let c10 = textureLoad(field_curvatures, cell + vec2<i32>(1, 0), 0).xyz;
    let c01 = textureLoad(field_curvatures, cell + vec2<i32>(0, 1), 0).xyz;
    let c11 = textureLoad(field_curvatures, cell + vec2<i32>(1, 1), 0).xyz;
    let curvature = mix(mix(c00, c10, s.x), mix(c01, c11, s.x), s.y);
    return Sample(across(low, high, bv), vec2<f32>(du, dv) / map.grid.zw, curvature);
}

@fragment
fn fs_map(corner: Corner) -> @location(0) vec4<f32> {
    return for_target(shade(field_sample(corner.at)));
}
