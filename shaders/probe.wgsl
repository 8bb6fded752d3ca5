// The numbers behind the map, to be read back: `ss_value`, and the parts of `ss_jet`.

struct Numbers {
    @location(0) first: vec4<f32>,
    @location(1) second: vec4<f32>,
}

@fragment
fn fs_probe(corner: Corner) -> Numbers {
    let at = corner.at * map.window.xy;
    let jet = ss_jet(at.x, at.y);
    return Numbers(vec4<f32>(ss_value(at.x, at.y), jet.f, jet.g), vec4<f32>(jet.h, 0.0));
}
