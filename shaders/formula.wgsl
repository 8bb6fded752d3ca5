// f from its formula: `ss_jet` is printed by src/formula/wgsl.rs.

@fragment
fn fs_map(corner: Corner) -> @location(0) vec4<f32> {
    let at = corner.at * map.window.xy;
    let jet = ss_jet(at.x, at.y);
    return for_target(shade(Sample(jet.f - map.formula.x, jet.g, jet.h)));
}
