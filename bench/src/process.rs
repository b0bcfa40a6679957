//! What processes of this machine used, from Linux's process table: the fair figure where server, database and load
//! share the cores.

use std::fs;
use std::path::Path;

use crate::Failure;

/// A process.
pub(crate) type Pid = u32;

/// The processor time of a process so far, in seconds, at the table's resolution of 10 ms.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CpuTime {
    /// Of the process itself.
    own: u64,
    /// Of its children that ended.
    ended_children: u64,
}

/// A line of `/proc/{pid}/stat`.
struct Stat {
    parent: Pid,
    time: CpuTime,
}

/// `utime`, `stime`, `cutime`, `cstime` are fields 14 to 17 of proc_pid_stat(5). The second field is the program's name in
/// brackets and may hold anything, so what counts begins after the last bracket.
fn parse_stat(text: &str) -> Option<Stat> {
    let (_, after_name) = text.rsplit_once(')')?;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    // The first of these is field 3.
    let number = |field: usize| fields.get(field.checked_sub(3)?)?.parse::<u64>().ok();
    let time = CpuTime { own: number(14)? + number(15)?, ended_children: number(16)? + number(17)? };
    Some(Stat { parent: fields.get(1)?.parse().ok()?, time })
}

fn stat(pid: Pid) -> Option<Stat> {
    parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

fn seconds(ticks: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a run has some thousands of ticks")]
    let (ticks, per_second) = (ticks as f64, rustix::param::clock_ticks_per_second() as f64);
    ticks / per_second
}

fn all_processes() -> impl Iterator<Item = Pid> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// Seconds of processor that a process used so far, in user and in kernel mode.
///
/// # Errors
/// If there is no such process.
pub(crate) fn cpu_seconds(pid: Pid) -> Result<f64, Failure> {
    stat(pid).map(|stat| seconds(stat.time.own)).ok_or_else(|| Failure::new(format!("process {pid} is gone")))
}

/// Seconds that a process and all its children used so far, those that ended meanwhile included: a PostgreSQL cluster is
/// its postmaster and the processes that it started.
///
/// # Errors
/// If there is no such process.
pub(crate) fn family_cpu_seconds(pid: Pid) -> Result<f64, Failure> {
    let head = stat(pid).ok_or_else(|| Failure::new(format!("process {pid} is gone")))?;
    let children = all_processes().filter_map(stat).filter(|child| child.parent == pid);
    let ticks = head.time.own + head.time.ended_children + children.map(|child| child.time.own).sum::<u64>();
    Ok(seconds(ticks))
}

/// Seconds that this program used so far.
pub(crate) fn own_cpu_seconds() -> f64 {
    cpu_seconds(std::process::id()).unwrap_or_default()
}

/// Memory of a process in MiB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// Resident now.
    pub(crate) resident_mib: f64,
    /// Resident at most since it began.
    pub(crate) peak_mib: f64,
}

/// Memory of a process.
///
/// # Errors
/// If there is no such process.
pub(crate) fn memory(pid: Pid) -> Result<Memory, Failure> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok();
    let text = text.ok_or_else(|| Failure::new(format!("process {pid} is gone")))?;
    let of = |key| mebibytes(&text, key).unwrap_or_default();
    Ok(Memory { resident_mib: of("VmRSS:"), peak_mib: of("VmHWM:") })
}

/// A line such as `VmRSS:     88788 kB`.
fn mebibytes(status: &str, key: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    let kibibytes: f64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes / 1_024.0)
}

/// The process that listens on a TCP port of this machine.
///
/// # Errors
/// If there is none, or it belongs to somebody else and the table does not say so.
pub(crate) fn listener(port: u16) -> Result<Pid, Failure> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].iter().filter_map(|table| fs::read_to_string(table).ok());
    let sockets: Vec<String> = tables.flat_map(|table| listening_sockets(&table, port)).collect();
    all_processes()
        .find(|pid| holds_socket(*pid, &sockets))
        .ok_or_else(|| Failure::new(format!("no process of yours listens on port {port}; name it with --pid")))
}

/// Names of the sockets (`socket:[12345]`) that a table of `/proc/net` lists as listening (state 0A) on a port.
fn listening_sockets(table: &str, port: u16) -> Vec<String> {
    let suffix = format!(":{port:04X}");
    let lines = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    lines
        .filter_map(|fields| match fields.as_slice() {
            [_, local, _, "0A", _, _, _, _, _, inode, ..] if local.ends_with(&suffix) => {
                Some(format!("socket:[{inode}]"))
            }
            _ => None,
        })
        .collect()
}

fn holds_socket(pid: Pid, sockets: &[String]) -> bool {
    let files = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    let mut targets = files.filter_map(|file| fs::read_link(file.path()).ok());
    targets.any(|target| sockets.iter().any(|socket| target == Path::new(socket)))
}

/// The postmaster of a cluster: the first line of `postmaster.pid` in its data directory.
///
/// # Errors
/// If none runs there, or the directory is not yours to read.
pub(crate) fn postmaster(data: &Path) -> Result<Pid, Failure> {
    let text = fs::read_to_string(data.join("postmaster.pid")).ok();
    let pid = text.and_then(|text| text.lines().next()?.trim().parse().ok());
    pid.ok_or_else(|| Failure::new(format!("no PostgreSQL runs in {}", data.display())))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn the_fields_of_a_process_whose_name_is_strange() {
        let line = "4111 (a) b (c)) S 20 1 1 0 -1 4194560 1 2 3 4 150 30 7 5 20 0 1 0 99 0 0";
        let stat = parse_stat(line).unwrap();
        assert_eq!((stat.parent, stat.time.own, stat.time.ended_children), (20, 180, 12));
        assert!(parse_stat("4111 (postgres) S 1").is_none());
    }

    #[test]
    fn memory_is_read_in_kibibytes() {
        let status = "Name:\tx\nVmHWM:\t  204800 kB\nVmRSS:\t   51200 kB\n";
        assert_eq!(mebibytes(status, "VmRSS:"), Some(50.0));
        assert_eq!(mebibytes(status, "VmHWM:"), Some(200.0));
        assert_eq!(mebibytes(status, "VmSwap:"), None);
        let own = memory(std::process::id()).unwrap();
        assert!(own.resident_mib > 0.0 && own.peak_mib >= own.resident_mib);
    }

    #[test]
    fn a_listening_socket_leads_to_its_process() {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        assert_eq!(listener(socket.local_addr().unwrap().port()).unwrap(), std::process::id());
        let table = "  0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 777 1 x\n\
                     1: 0100007F:0BB8 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  0 0 778 1 x";
        assert_eq!(listening_sockets(table, 3000), ["socket:[777]"]);
        assert!(listening_sockets(table, 3001).is_empty());
    }

    #[test]
    fn time_only_grows() {
        let before = family_cpu_seconds(std::process::id()).unwrap();
        assert!(own_cpu_seconds() >= 0.0 && family_cpu_seconds(std::process::id()).unwrap() >= before);
        assert!(cpu_seconds(u32::MAX).is_err());
    }

    #[test]
    fn the_postmaster_is_named_in_its_directory() {
        let directory = tempfile::tempdir().unwrap();
        assert!(postmaster(directory.path()).is_err());
        fs::write(directory.path().join("postmaster.pid"), "4111\n/data\n").unwrap();
        assert_eq!(postmaster(directory.path()).unwrap(), 4111);
    }
}
