//! Long computations in small pieces.

/// A computation that advances in slices: a browser's page has no threads, so that it works slices off between its frames; on the
/// desktop a thread loops over [`advance`](Self::advance) and looks at a cancel flag between.
///
/// A slice takes at most about 2 ms for networks of up to 1,200 parameters on 250 samples. What comes out does not depend on who
/// calls, or when.
pub trait Job: Send {
    /// What is computed.
    type Output;

    /// Does a piece of work; false once everything is done, and from then on.
    fn advance(&mut self) -> bool;

    /// The share that is done, from 0 to 1; it never falls.
    fn progress(&self) -> f64;

    /// The result; before the end what is known so far, where the job has such a thing.
    fn output(&self) -> Option<&Self::Output>;

    /// The result without a copy.
    fn into_output(self) -> Option<Self::Output>
    where
        Self: Sized;

    /// Works off everything that is left.
    fn finish(mut self) -> Option<Self::Output>
    where
        Self: Sized,
    {
        while self.advance() {}
        self.into_output()
    }
}
