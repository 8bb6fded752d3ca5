//! The device against the processor: numbers within the rounding errors of f32, pictures alike.
//!
//! The device is Vulkan's software rasterizer; without it these tests fail.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test stops where something is missing")]

use saddlescope::formula::Rounding;
use saddlescope::problem::{FormulaProblem, Objective, landscapes};
use saddlescope::render::{MapFrame, MapInput, MapProgram, Probe, picture, probe};
use saddlescope::view::{
    Camera, ColorMap, Frame, MapStyle, Slice, Surface, Theme, Tint, ValueScale, View, Viewport, rectangle_values, shade,
};
use std::collections::BTreeMap;

fn device() -> (wgpu::Device, wgpu::Queue) {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = wgpu::Backends::VULKAN;
    let options = wgpu::RequestAdapterOptions { force_fallback_adapter: true, ..wgpu::RequestAdapterOptions::default() };
    let adapter = pollster::block_on(wgpu::Instance::new(descriptor).request_adapter(&options))
        .expect("these tests need a software Vulkan device: Debian's package mesa-vulkan-drivers has one");
    // Nothing beyond what WebGL2 has.
    let limits = wgpu::Limits::downlevel_webgl2_defaults().using_resolution(adapter.limits());
    let descriptor = wgpu::DeviceDescriptor { required_limits: limits, ..wgpu::DeviceDescriptor::default() };
    pollster::block_on(adapter.request_device(&descriptor)).expect("the software device opens")
}

const SIZE: u32 = 48;

/// An entry of the catalogue with everything that its map is made from.
struct Subject {
    problem: FormulaProblem,
    plane: saddlescope::problem::Plane,
    program: MapProgram,
    scale: ValueScale,
    domain: [[f64; 2]; 2],
}

impl Subject {
    fn new(id: &str) -> Self {
        let entry = landscapes().iter().find(|l| l.id == id).unwrap();
        let problem = FormulaProblem::from_landscape(entry, &BTreeMap::new(), None).unwrap();
        let plane = problem.plane();
        let program = MapProgram::new(problem.formula()).unwrap();
        let [x0, x1, y0, y1] = problem.domain();
        let domain = [[x0, x1], [y0, y1]];
        let values = rectangle_values(&Slice { objective: &problem, plane: &plane }, domain, 48);
        let scale = ValueScale::of_landscape(&values, entry.color);
        Self { problem, plane, program, scale, domain }
    }

    fn surface(&self) -> Slice<'_> {
        Slice { objective: &self.problem, plane: &self.plane }
    }

    fn view(&self, camera: Camera, size: u32) -> View {
        camera.view(Viewport { min_px: [0.0; 2], size_px: [f64::from(size); 2] })
    }

    fn with_input<R>(&self, view: View, style: &MapStyle, use_it: impl FnOnce(&MapInput<'_>) -> R) -> R {
        let surface = self.surface();
        use_it(&MapInput {
            surface: &surface,
            formula: Some((&self.program, self.problem.parameter_values())),
            plane: &self.plane,
            view,
            scale: &self.scale,
            style,
            domain: self.domain,
        })
    }
}

/// The parts of a probe, what they should be, and their error bounds.
fn compare(probe: &Probe, exact: saddlescope::view::Jet, bound: Rounding) -> [(f64, f64, f64); 7] {
    let [gu, gv] = exact.gradient;
    let [huu, huv, hvv] = exact.hessian;
    [
        (f64::from(probe.value), exact.value, bound.value),
        (f64::from(probe.jet_value), exact.value, bound.value),
        (f64::from(probe.gradient[0]), gu, bound.gradient[0]),
        (f64::from(probe.gradient[1]), gv, bound.gradient[1]),
        (f64::from(probe.hessian[0]), huu, bound.hessian[0]),
        (f64::from(probe.hessian[1]), huv, bound.hessian[1]),
        (f64::from(probe.hessian[2]), hvv, bound.hessian[2]),
    ]
}

#[test]
fn every_landscape_has_the_same_values_and_derivatives_on_both_processors() {
    let (device, queue) = device();
    let mut faults = Vec::new();
    for entry in landscapes() {
        let subject = Subject::new(&entry.id);
        let view = subject.view(Camera::fit(subject.domain, false), SIZE);
        let style = MapStyle::default();
        let p = subject.problem.parameter_values();
        let size = [SIZE; 2];
        let numbers = subject.with_input(view, &style, |input| probe(&device, &queue, input, &subject.program, p, size));
        let numbers = numbers.unwrap_or_else(|| panic!("{}: {:?}", entry.id, subject.program.failure()));
        assert_eq!(numbers.len(), (SIZE * SIZE) as usize);
        let center = subject.plane.point(view.center[0], view.center[1]);
        let extent = view.half();
        let (mut compared, mut accurate, mut worst) = (0, 0, 0.0_f64);
        let largest = numbers.iter().map(|n| f64::from(n.value).abs()).filter(|v| v.is_finite()).fold(0.0, f64::max);
        for (index, number) in numbers.iter().enumerate() {
            let px = [(index as u32 % SIZE) as f64 + 0.5, (index as u32 / SIZE) as f64 + 0.5];
            let [u, v] = view.world_from_px(px);
            let at = [u - view.center[0], v - view.center[1]];
            let plane = [&center[..], &subject.plane.a[..], &subject.plane.b[..]];
            let bound = subject.problem.formula().single_precision_error(p, plane, at, extent);
            let exact = subject.surface().jet(u, v);
            for (part, (found, wanted, bound)) in compare(number, exact, bound).into_iter().enumerate() {
                if !(bound.is_finite() && wanted.is_finite()) {
                    continue;
                }
                compared += 1;
                let error = (found - wanted).abs();
                worst = worst.max(error / bound);
                if error.is_nan() || error > bound {
                    faults.push(format!("{} part {part} at ({u:.4}, {v:.4}): {found} for {wanted}, bound {bound:.1e}", entry.id));
                }
            }
            if bound.value <= 1e-4 * largest {
                accurate += 1;
            }
        }
        // The bounds say something: nearly everywhere they are there, and small against the values of the map.
        let points = numbers.len();
        println!("{:24} compared {compared:6}, worst error/bound {worst:.3}, accurate {accurate}/{points}", entry.id);
        if compared < points * 7 * 9 / 10 || accurate < points * 9 / 10 {
            faults.push(format!("{}: {compared} of {} compared, {accurate} of {points} accurate", entry.id, points * 7));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults[..faults.len().min(40)].join("\n"));
}

/// The picture by `view::shade` alone.
fn reference(subject: &Subject, view: &View, style: &MapStyle, formula: bool) -> Vec<[f32; 3]> {
    let surface = subject.surface();
    let frame = Frame::new(&surface, view, &subject.scale);
    let half = subject.domain.map(|[low, high]| 0.5 * (high - low));
    let shading = frame.shading(view, &subject.scale, style, half, formula);
    let texels = style.colors.texels(style.theme);
    let [width, height] = view.viewport.size_px.map(|s| s as usize);
    let pixel = |i: usize| view.world_from_px([(i % width) as f64 + 0.5, (i / width) as f64 + 0.5]);
    (0..width * height).map(pixel).map(|[u, v]| shade(&frame.sample(&surface, u, v), &shading, &texels)).collect()
}

#[test]
fn pictures_agree_with_the_processor() {
    let (device, queue) = device();
    let dark = MapStyle { theme: Theme::Dark, tint: Tint::Curvature, ..MapStyle::default() };
    let plain = MapStyle { colors: ColorMap::Viridis, relief: false, ..MapStyle::default() };
    let size = 160;
    let cases = [
        ("saddle_bounded", [0.0, 0.0], 2.0, MapStyle::default(), false),
        ("saddle_bounded", [0.3, 0.5], 2.0, dark, false),
        ("rosenbrock", [0.0, 1.0], 2.0, MapStyle::default(), false),
        ("camel6", [0.0, 0.0], 2.0, dark, false),
        ("himmelblau", [0.0, 0.0], 5.0, plain, false),
        // Deep zoom: f32 cannot follow.
        ("himmelblau", [3.0, 2.0], 1e-6, MapStyle::default(), true),
        ("rosenbrock", [0.3, 0.7], 1e-9, dark, true),
        ("saddle_bounded", [0.0, 1.0], 1e-11, plain, true),
    ];
    for (id, center, half, style, field) in cases {
        let subject = Subject::new(id);
        let view = subject.view(Camera::new(center, [half; 2], true), size);
        let frame = subject.with_input(view, &style, MapFrame::new);
        assert_eq!(frame.is_field(), field, "{id} at half width {half}");
        let drawn = picture(&device, &queue, &frame, [size; 2]).unwrap();
        let expected = reference(&subject, &view, &style, !field);
        let difference =
            |(a, b): (&[u8; 4], &[f32; 3])| (0..3).map(|k| (f32::from(a[k]) - 255.0 * b[k]).abs()).fold(0.0, f32::max);
        let mut differences: Vec<f32> = drawn.iter().zip(&expected).map(difference).collect();
        differences.sort_by(f32::total_cmp);
        let (typical, largest) = (differences[differences.len() * 99 / 100], differences[differences.len() - 1]);
        println!("{id:16} {half:7.0e}: 99 % within {typical:.2}, all within {largest:.1}");
        // Two steps of 255; a line's edge may move by the tenth of a pixel that the choice of the source allows:
        // a tenth of its contrast.
        assert!(typical <= 2.0 && largest <= 16.0, "{id} at half width {half}: {typical} and {largest}");
        let values: std::collections::HashSet<_> = drawn.iter().collect();
        assert!(values.len() > 30, "{id} at half width {half}: an empty picture");
    }
}

#[test]
fn a_refused_shader_is_said_and_a_field_drawn_instead() {
    let (device, queue) = device();
    let mut subject = Subject::new("himmelblau");
    subject.program = subject.program.with_functions("fn ss_value(u: f32) -> nonsense { return 0; }");
    let (style, size) = (MapStyle::default(), 96);
    let view = subject.view(Camera::fit(subject.domain, false), size);
    let refused = subject.with_input(view, &style, MapFrame::new);
    assert!(!refused.is_field() && subject.program.failure().is_none());
    let nothing = picture(&device, &queue, &refused, [size; 2]).unwrap();
    assert!(nothing.iter().all(|pixel| *pixel == nothing[0]));
    let sentence = subject.program.failure().expect("the device has refused it");
    assert!(!sentence.is_empty());
    // The program is known as refused also where its text comes again.
    let frame = subject.with_input(view, &style, MapFrame::new);
    assert!(frame.is_field());
    let drawn = picture(&device, &queue, &frame, [size; 2]).unwrap();
    let expected = reference(&subject, &view, &style, false);
    let worst = |(a, b): (&[u8; 4], &[f32; 3])| (0..3).map(|k| (f32::from(a[k]) - 255.0 * b[k]).abs()).fold(0.0, f32::max);
    let mut differences: Vec<f32> = drawn.iter().zip(&expected).map(worst).collect();
    differences.sort_by(f32::total_cmp);
    assert!(differences[differences.len() * 95 / 100] <= 4.0, "{:?}", differences.last());
}

#[test]
fn a_slider_needs_no_new_shader() {
    let id = landscapes().iter().find(|l| !l.parameters.is_empty() && l.table.is_none()).unwrap();
    let subject = Subject::new(&id.id);
    let name = &id.parameters[0].name;
    let parameter = &id.parameters[0];
    let moved = subject.problem.with_parameter(name, 0.5 * (parameter.default + parameter.max)).unwrap();
    let again = MapProgram::new(moved.formula()).unwrap();
    assert_eq!(subject.program.shader(), again.shader());
    assert_ne!(subject.problem.value(&[1.3, 0.4]), moved.value(&[1.3, 0.4]));
}
