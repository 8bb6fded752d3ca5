//! Contracts of picture files: any size, any view, the same bytes again.

#![allow(clippy::unwrap_used, reason = "a test stops where a picture cannot be made")]

use saddlescope::export::png::{MAX_SIDE, Picture, PictureError};
use saddlescope::problem::Kind;
use saddlescope::view::{
    Camera, Ellipse, Jet, Label, Layer, MapStyle, Surface, Theme, ValueScale, critical_point, iterate, model, model_contours,
    rectangle_values, region, start, trajectory,
};

struct Saddle;

impl Surface for Saddle {
    fn value(&self, u: f64, v: f64) -> f64 {
        self.jet(u, v).value
    }
    fn jet(&self, u: f64, v: f64) -> Jet {
        Jet {
            value: 0.5 * (u * u - v * v) + v * v * v * v / 4.0,
            gradient: [u, v * v * v - v],
            hessian: [1.0, 0.0, 3.0 * v * v - 1.0],
        }
    }
}

const DOMAIN: [[f64; 2]; 2] = [[-2.0, 2.0], [-2.0, 2.0]];

fn picture(camera: Camera, theme: Theme) -> Picture<'static> {
    let ellipse = Ellipse::new([1.0, 0.5], [4.0, 1.0, 9.0], 0.5).unwrap();
    let contours = model_contours(&ellipse, [1.0, 0.2], [1.0, 0.0, -0.5], 5).into_iter().flat_map(|(_, s)| s).collect();
    let path = vec![[1.5, 0.1], [1.0, 0.5], [f64::NAN, 0.0], [0.2, -0.7], [1e300, -1e300]];
    let mut layers = vec![region(&ellipse, 0, true, theme), region(&ellipse, 1, false, theme), model(contours, 0, theme)];
    layers.extend([trajectory(path, 0, theme), iterate([1.0, 0.5], 0, false, theme), start([1.5, 0.1], theme)]);
    for kind in [Kind::Minimum, Kind::Saddle, Kind::Maximum, Kind::Degenerate] {
        layers.extend(critical_point([0.0, 0.3], kind, theme));
    }
    layers.push(Layer::Label(Label { at: [0.0, 1.0], offset_px: [6.0, -6.0], text: "λ = −1".into(), color: theme.ink() }));
    Picture {
        surface: &Saddle,
        camera,
        domain: DOMAIN,
        scale: ValueScale::from_values(&rectangle_values(&Saddle, DOMAIN, 33), None),
        style: MapStyle { theme, ..MapStyle::default() },
        layers,
        title: "Strict saddle".into(),
        axes: ["x".into(), "y".into()],
        legend: vec![("Gradient descent".into(), 0), ("Trust region".into(), 1)],
    }
}

#[test]
fn every_size_and_view_gives_a_picture() {
    for (width, height) in [(1, 1), (3, 200), (97, 41), (640, 480)] {
        for half in [1e-13, 1e-4, 2.0, 1e14] {
            let camera = Camera::new([0.0, 1.0], [half, half], true);
            let pixmap = picture(camera, Theme::Dark).pixmap(width, height).unwrap();
            assert!(pixmap.pixels().iter().all(|p| p.is_opaque()), "{width} x {height} at {half}");
        }
    }
    for (width, height) in [(0, 5), (5, 0), (MAX_SIDE + 1, 5)] {
        let error = picture(Camera::default(), Theme::Light).png(width, height).unwrap_err();
        assert_eq!(error, PictureError::Size(width, height));
    }
}

#[test]
fn the_file_reads_back_to_its_pixels_and_is_the_same_again() {
    let camera = Camera::fit(DOMAIN, true);
    let bytes = picture(camera, Theme::Light).png(320, 240).unwrap();
    assert_eq!(bytes, picture(camera, Theme::Light).png(320, 240).unwrap());
    let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
    let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut rgb).unwrap();
    assert_eq!((info.width, info.height), (320, 240));
    let pixmap = picture(camera, Theme::Light).pixmap(320, 240).unwrap();
    assert!(pixmap.pixels().iter().zip(rgb.chunks(3)).all(|(p, c)| [p.red(), p.green(), p.blue()] == *c));
}

#[test]
fn layers_and_text_leave_their_ink() {
    let camera = Camera::fit(DOMAIN, true);
    let full = picture(camera, Theme::Light).pixmap(640, 480).unwrap();
    let without = |strip: fn(&mut Picture<'static>)| {
        let mut bare = picture(camera, Theme::Light);
        strip(&mut bare);
        let bare = bare.pixmap(640, 480).unwrap();
        full.pixels().iter().zip(bare.pixels()).filter(|(a, b)| a != b).count()
    };
    assert!(without(|p| p.layers.clear()) > 500);
    assert!(without(|p| p.legend.clear()) > 2000);
    assert!(without(|p| p.axes[0].clear()) > 10);
    assert!(without(|p| p.axes[1].clear()) > 10);
    for index in 0..picture(camera, Theme::Light).layers.len() {
        let mut bare = picture(camera, Theme::Light);
        let name = format!("{:?}", bare.layers.remove(index));
        let bare = bare.pixmap(640, 480).unwrap();
        let hidden = matches!(index, 6..=8);
        assert!(hidden || full.data() != bare.data(), "no pixel of {name}");
    }
}
