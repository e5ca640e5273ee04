//! A row of bytes, read as operations: what a fuzzer mutates, a property test makes up, and a seed keeps.

/// One operation: what to do, and with how much.
#[derive(Clone, Copy, Debug)]
pub struct Op {
    pub kind: u8,
    pub small: u8,
    pub power: u8,
}

/// Three bytes for each operation; one or two left over are no operation.
pub fn ops(bytes: &[u8]) -> impl Iterator<Item = Op> + '_ {
    bytes.chunks_exact(3).map(|op| Op {
        kind: op[0],
        small: op[1],
        power: op[2],
    })
}

// === impl Op ===

impl Op {
    /// A number of at most `bits` bits, as likely small as large.
    pub fn scaled(self, bits: u8) -> u64 {
        let shift = u32::from(self.power) % u32::from(bits - 7);
        u64::from(self.small) << shift
    }
}
