//! The `ao` command.

fn main() -> std::process::ExitCode {
    ao::cli::main()
}
