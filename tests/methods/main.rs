//! Every method of the registry: contracts, reference trajectories, regions and escapes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test states what must be there")]

mod contract;
mod counts;
mod decrease;
mod escapes;
mod first_order;
mod gauss_newton;
mod line_search;
mod literature;
mod lookahead;
mod objectives;
mod regions;
mod searches;
mod second_order;
mod stochastic;
mod trajectories;
mod trust_region;
mod variance;
