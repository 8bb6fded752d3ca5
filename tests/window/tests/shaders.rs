//! Every shader is valid WGSL and has a form for WebGL2.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test stops where something is missing")]

use saddlescope::problem::{FormulaProblem, landscapes};
use saddlescope::render::{MapProgram, field_shader};
use std::collections::BTreeMap;
use wgpu::naga::back::glsl;
use wgpu::naga::valid::{Capabilities, ValidationFlags, Validator};
use wgpu::naga::{ShaderStage, front::wgsl, proc::BoundsCheckPolicies};

/// Parses, validates with no capability beyond the standard, and prints the stages as GLSL ES 3.00.
fn check(name: &str, source: &str, fragment: &str) {
    let module = wgsl::parse_str(source).unwrap_or_else(|e| panic!("{name}: {}", e.emit_to_string(source)));
    let info = Validator::new(ValidationFlags::all(), Capabilities::empty())
        .validate(&module)
        .unwrap_or_else(|e| panic!("{name}: {}", e.emit_to_string(source)));
    assert!(
        module.global_variables.iter().all(|(_, v)| !matches!(v.space, wgpu::naga::AddressSpace::Storage { .. })),
        "{name}: WebGL2 has no storage buffers"
    );
    for (stage, entry) in [(ShaderStage::Vertex, "vs_map"), (ShaderStage::Fragment, fragment)] {
        let options = glsl::Options { version: glsl::Version::new_gles(300), ..glsl::Options::default() };
        let pipeline = glsl::PipelineOptions { shader_stage: stage, entry_point: entry.to_owned(), multiview: None };
        let mut out = String::new();
        glsl::Writer::new(&mut out, &module, &info, &options, &pipeline, BoundsCheckPolicies::default())
            .and_then(|mut writer| writer.write())
            .unwrap_or_else(|e| panic!("{name}, {entry}: {e}"));
        assert!(out.contains("void main"));
    }
}

#[test]
fn every_landscape_has_a_valid_shader() {
    for entry in landscapes() {
        let problem = FormulaProblem::from_landscape(entry, &BTreeMap::new(), None).unwrap();
        let program = MapProgram::new(problem.formula()).unwrap_or_else(|| panic!("{} is too large for a shader", entry.id));
        check(&entry.id, &program.shader(), "fs_map");
        check(&entry.id, &program.probe_shader(), "fs_probe");
    }
}

#[test]
fn the_field_has_a_valid_shader() {
    check("field", &field_shader(), "fs_map");
}
