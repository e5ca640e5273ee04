//! Allocations of a call, for the program `peers`.

fn main() {
    peers::PROGRAM.allocations();
}
