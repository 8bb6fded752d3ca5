//! An allocator that counts, for each thread.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    ALLOCATIONS.set(ALLOCATIONS.get() + 1);
}

// SAFETY: every call goes to the system's allocator as it is; the counter is neither allocated nor dropped.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations of this thread up to now.
#[allow(dead_code, reason = "of one of the programs that count")]
pub fn count_so_far() -> u64 {
    ALLOCATIONS.get()
}

/// Allocations of this thread in one of 100 repetitions, after 100.
pub fn allocations(work: &mut dyn FnMut(u32)) -> f64 {
    work(100);
    let before = ALLOCATIONS.get();
    work(100);
    (ALLOCATIONS.get() - before) as f64 / 100.0
}
