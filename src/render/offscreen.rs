//! Maps and their numbers drawn to textures and read back. Natively only: a browser cannot wait for its device.

use super::frame::{MapFrame, MapInput};
use super::map::{MapRenderer, checked, pipeline};
use super::program::MapProgram;
use super::textures::{MapData, layout};
use crate::view::Frame;

/// The pixels of a map in RGBA, row by row from the top, gamma-encoded; `None` where the device is lost.
pub fn picture(device: &wgpu::Device, queue: &wgpu::Queue, frame: &MapFrame, size: [u32; 2]) -> Option<Vec<[u8; 4]>> {
    let format = wgpu::TextureFormat::Rgba8Unorm;
    let mut renderer = MapRenderer::new(device, format);
    renderer.prepare(device, queue, 0, frame);
    let bytes = draw(device, queue, size, &[format], |pass| renderer.paint(pass, 0))?;
    Some(bytes.first()?.as_chunks::<4>().0.to_vec())
}

/// What the shader of a formula computes at a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probe {
    /// `ss_value`.
    pub value: f32,
    /// f of `ss_jet`.
    pub jet_value: f32,
    /// (∂f/∂u, ∂f/∂v).
    pub gradient: [f32; 2],
    /// (∂²f/∂u², ∂²f/∂u∂v, ∂²f/∂v²).
    pub hessian: [f32; 3],
}

/// The numbers at the middles of the pixels of a map of `size`, row by row from the top; `None` where the device
/// refuses the shader (see [`MapProgram::failure`]) or is lost.
pub fn probe(
    device: &wgpu::Device,
    queue: &wgpu::Queue,
    input: &MapInput<'_>,
    program: &MapProgram,
    parameters: &[f64],
    size: [u32; 2],
) -> Option<Vec<Probe>> {
    let frame = MapFrame::by_formula(input, &Frame::new(input.surface, &input.view, input.scale), program, parameters);
    let layout = layout(device);
    let formats = [wgpu::TextureFormat::Rgba32Float; 2];
    let pipeline = checked(device, program, || pipeline(device, &layout, &program.probe_shader(), "fs_probe", &formats))?;
    let mut data = MapData::new(device, queue, &layout, &frame);
    data.update(device, queue, &layout, &frame, false);
    let bytes = draw(device, queue, size, &formats, |pass| {
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &data.bind_group, &[]);
        pass.draw(0..3, 0..1);
    })?;
    let [first, second] =
        [bytes.first()?, bytes.get(1)?].map(|b| b.as_chunks::<16>().0.iter().map(|p| bytemuck::cast::<_, [f32; 4]>(*p)));
    let probe = |([value, jet_value, gu, gv], [huu, huv, hvv, _]): ([f32; 4], [f32; 4])| Probe {
        value,
        jet_value,
        gradient: [gu, gv],
        hessian: [huu, huv, hvv],
    };
    Some(first.zip(second).map(probe).collect())
}

/// The bytes of the targets after one pass, without the padding of their rows.
fn draw(
    device: &wgpu::Device,
    queue: &wgpu::Queue,
    [width, height]: [u32; 2],
    formats: &[wgpu::TextureFormat],
    paint: impl FnOnce(&mut wgpu::RenderPass<'_>),
) -> Option<Vec<Vec<u8>>> {
    let size = wgpu::Extent3d { width, height, depth_or_array_layers: 1 };
    let targets: Vec<wgpu::Texture> = formats
        .iter()
        .map(|format| {
            device.create_texture(&wgpu::TextureDescriptor {
                label: Some("offscreen"),
                size,
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format: *format,
                usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
                view_formats: &[],
            })
        })
        .collect();
    let views: Vec<wgpu::TextureView> = targets.iter().map(|t| t.create_view(&wgpu::TextureViewDescriptor::default())).collect();
    let attachments: Vec<Option<wgpu::RenderPassColorAttachment<'_>>> = views
        .iter()
        .map(|view| {
            let ops = wgpu::Operations { load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT), store: wgpu::StoreOp::Store };
            Some(wgpu::RenderPassColorAttachment { view, depth_slice: None, resolve_target: None, ops })
        })
        .collect();
    let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    paint(&mut encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: Some("offscreen"),
        color_attachments: &attachments,
        ..wgpu::RenderPassDescriptor::default()
    }));
    let mut buffers = Vec::new();
    for (target, format) in targets.iter().zip(formats) {
        let row = width * format.block_copy_size(None)?;
        let padded = row.next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("read back"),
            size: u64::from(padded) * u64::from(height),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        let layout = wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(padded), rows_per_image: None };
        encoder.copy_texture_to_buffer(target.as_image_copy(), wgpu::TexelCopyBufferInfo { buffer: &buffer, layout }, size);
        buffers.push((buffer, row as usize, padded as usize));
    }
    queue.submit([encoder.finish()]);
    let (sender, receiver) = std::sync::mpsc::channel();
    for (buffer, ..) in &buffers {
        let sender = sender.clone();
        buffer.map_async(wgpu::MapMode::Read, .., move |result| {
            // The receiver is there until all answers have come.
            _ = sender.send(result);
        });
    }
    device.poll(wgpu::PollType::wait_indefinitely()).ok()?;
    for _ in &buffers {
        receiver.recv().ok()?.ok()?;
    }
    let unpadded = |(buffer, row, padded): &(wgpu::Buffer, usize, usize)| {
        let mapped = buffer.get_mapped_range(..).ok()?;
        Some(mapped.chunks_exact(*padded).flat_map(|line| &line[..*row]).copied().collect())
    };
    buffers.iter().map(unpadded).collect()
}
