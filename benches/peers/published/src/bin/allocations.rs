//! Allocations of a call, for the program `published`.

fn main() {
    published::PROGRAM.allocations();
}
