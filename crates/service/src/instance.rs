/// A unique name of this process that says where it runs: host, process id and a random number. Containers reuse the first
/// two. `unknown` stands for a host without a name.
#[must_use]
pub fn instance_name(unknown: &str) -> String {
    let host = std::env::var("HOSTNAME")
        .or_else(|_| std::fs::read_to_string("/etc/hostname"))
        .unwrap_or_else(|_| unknown.into());
    format!("{}-{}-{:08x}", host.trim(), std::process::id(), rand::random::<u32>())
}
