//! Buffers and textures of a map.

use super::frame::{MapFrame, Source};
use super::program::MapProgram;
use crate::view::{ColorMap, Field, Shading, Theme};
use std::sync::Arc;

/// Width of the texture that holds the samples: `SAMPLES_PER_ROW` of `shaders/map.wgsl`.
const SAMPLES_PER_ROW: usize = 1024;

/// The layout of the one bind group: `shaders/map.wgsl`.
pub(super) fn layout(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    let texture = |binding| wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::FRAGMENT,
        ty: wgpu::BindingType::Texture {
            sample_type: wgpu::TextureSampleType::Float { filterable: false },
            view_dimension: wgpu::TextureViewDimension::D2,
            multisampled: false,
        },
        count: None,
    };
    let uniforms = wgpu::BindGroupLayoutEntry {
        binding: 0,
        visibility: wgpu::ShaderStages::FRAGMENT,
        ty: wgpu::BindingType::Buffer { ty: wgpu::BufferBindingType::Uniform, has_dynamic_offset: false, min_binding_size: None },
        count: None,
    };
    let entries = [uniforms, texture(1), texture(2), texture(3), texture(4)];
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: Some("map"), entries: &entries })
}

/// The data of one map on screen; what has not changed is not written again.
pub(super) struct MapData {
    uniforms: wgpu::Buffer,
    colors: Kept<(ColorMap, Theme)>,
    samples: Kept<Option<MapProgram>>,
    field: Kept<Option<Arc<Field>>>,
    curvatures: wgpu::Texture,
    pub bind_group: wgpu::BindGroup,
}

/// A texture and what it was made from.
struct Kept<T> {
    from: T,
    texture: wgpu::Texture,
}

impl MapData {
    pub fn new(device: &wgpu::Device, queue: &wgpu::Queue, layout: &wgpu::BindGroupLayout, frame: &MapFrame) -> Self {
        let uniforms = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("map uniforms"),
            size: size_of_val(&frame.floats) as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let colors = Kept { from: frame.colors, texture: color_texture(device, queue, frame.colors) };
        let program = match &frame.source {
            Source::Formula(program) => Some(program.clone()),
            Source::Field(_) => None,
        };
        let samples = Kept { texture: sample_texture(device, queue, program.as_ref()), from: program };
        let field = match &frame.source {
            Source::Field(field) => Some(Arc::clone(field)),
            Source::Formula(_) => None,
        };
        let (slopes, curvatures) = field_textures(device, queue, field.as_deref());
        let bind_group = bind(device, layout, &uniforms, [&colors.texture, &samples.texture, &slopes, &curvatures]);
        Self { uniforms, colors, samples, field: Kept { from: field, texture: slopes }, curvatures, bind_group }
    }

    /// Brings the data up to the frame. `encodes_srgb` says that the target does.
    pub fn update(
        &mut self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        layout: &wgpu::BindGroupLayout,
        frame: &MapFrame,
        encodes_srgb: bool,
    ) {
        let mut rebind = false;
        if self.colors.from != frame.colors {
            self.colors = Kept { from: frame.colors, texture: color_texture(device, queue, frame.colors) };
            rebind = true;
        }
        match &frame.source {
            Source::Formula(program) if !self.samples.from.as_ref().is_some_and(|p| p.is(program)) => {
                self.samples = Kept { from: Some(program.clone()), texture: sample_texture(device, queue, Some(program)) };
                rebind = true;
            }
            Source::Field(field) if !self.field.from.as_ref().is_some_and(|f| Arc::ptr_eq(f, field)) => {
                let same_size = self.field.from.as_ref().is_some_and(|f| (f.columns, f.rows) == (field.columns, field.rows));
                if same_size {
                    write(queue, &self.field.texture, bytemuck::cast_slice(&field.slopes));
                    write(queue, &self.curvatures, bytemuck::cast_slice(&field.curvatures));
                } else {
                    (self.field.texture, self.curvatures) = field_textures(device, queue, Some(field));
                    rebind = true;
                }
                self.field.from = Some(Arc::clone(field));
            }
            _ => {}
        }
        if rebind {
            let textures = [&self.colors.texture, &self.samples.texture, &self.field.texture, &self.curvatures];
            self.bind_group = bind(device, layout, &self.uniforms, textures);
        }
        let mut floats = frame.floats;
        floats[Shading::FLOATS + 2] = f32::from(u8::from(encodes_srgb));
        queue.write_buffer(&self.uniforms, 0, bytemuck::cast_slice(&floats));
    }
}

fn bind(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    uniforms: &wgpu::Buffer,
    textures: [&wgpu::Texture; 4],
) -> wgpu::BindGroup {
    let views = textures.map(|t| t.create_view(&wgpu::TextureViewDescriptor::default()));
    let mut entries = vec![wgpu::BindGroupEntry { binding: 0, resource: uniforms.as_entire_binding() }];
    entries.extend(
        (1..)
            .zip(&views)
            .map(|(binding, view)| wgpu::BindGroupEntry { binding, resource: wgpu::BindingResource::TextureView(view) }),
    );
    device.create_bind_group(&wgpu::BindGroupDescriptor { label: Some("map"), layout, entries: &entries })
}

fn color_texture(device: &wgpu::Device, queue: &wgpu::Queue, (map, theme): (ColorMap, Theme)) -> wgpu::Texture {
    let texture = texture(device, "colour map", [ColorMap::TEXELS, 1], wgpu::TextureFormat::Rgba8Unorm);
    write(queue, &texture, map.texels(theme).as_flattened());
    texture
}

fn sample_texture(device: &wgpu::Device, queue: &wgpu::Queue, program: Option<&MapProgram>) -> wgpu::Texture {
    let numbers = program.map_or(&[][..], MapProgram::table);
    let rows = numbers.len().div_ceil(SAMPLES_PER_ROW).max(1);
    let width = if numbers.is_empty() { 1 } else { SAMPLES_PER_ROW };
    let mut padded = numbers.to_vec();
    padded.resize(rows * width, 0.0);
    let texture = texture(device, "samples", [width, rows], wgpu::TextureFormat::R32Float);
    write(queue, &texture, bytemuck::cast_slice(&padded));
    texture
}

fn field_textures(device: &wgpu::Device, queue: &wgpu::Queue, field: Option<&Field>) -> (wgpu::Texture, wgpu::Texture) {
    let size = field.map_or([1, 1], |f| [f.columns, f.rows]);
    let slopes = texture(device, "field slopes", size, wgpu::TextureFormat::Rgba32Float);
    let curvatures = texture(device, "field curvatures", size, wgpu::TextureFormat::Rgba32Float);
    if let Some(field) = field {
        write(queue, &slopes, bytemuck::cast_slice(&field.slopes));
        write(queue, &curvatures, bytemuck::cast_slice(&field.curvatures));
    }
    (slopes, curvatures)
}

fn texture(device: &wgpu::Device, label: &str, [width, height]: [usize; 2], format: wgpu::TextureFormat) -> wgpu::Texture {
    device.create_texture(&wgpu::TextureDescriptor {
        label: Some(label),
        size: wgpu::Extent3d { width: width as u32, height: height as u32, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    })
}

fn write(queue: &wgpu::Queue, texture: &wgpu::Texture, bytes: &[u8]) {
    let size = texture.size();
    let layout = wgpu::TexelCopyBufferLayout {
        offset: 0,
        bytes_per_row: Some(bytes.len() as u32 / size.height.max(1)),
        rows_per_image: None,
    };
    queue.write_texture(texture.as_image_copy(), bytes, layout, size);
}
