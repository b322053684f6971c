"""Names and numbers of WASI preview 1, as far as the sandbox and the runner speak it.

Source: https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md
"""

from __future__ import annotations

MODULE = "wasi_snapshot_preview1"
OLD_MODULE = "wasi_unstable"

SUCCESS, BADF, FAULT, INVAL, ISDIR, NOENT, NOSYS, NOTDIR = 0, 8, 21, 28, 31, 44, 52, 54
"""The error numbers in use."""

UNKNOWN, DIRECTORY, REGULAR_FILE = 0, 3, 4
"""File types."""

STDIN, STDOUT, STDERR = 0, 1, 2
REALTIME, MONOTONIC = 0, 1

LAST_ADDRESS = 0xFFFFFFFF


def unsigned(number: int) -> int:
    """An address, a length or a count, which wasmtime hands over as a signed number of 32 bits."""
    return number & LAST_ADDRESS


FUNCTIONS = frozenset(
    (
        "args_get",
        "args_sizes_get",
        "environ_get",
        "environ_sizes_get",
        "clock_res_get",
        "clock_time_get",
        "fd_advise",
        "fd_allocate",
        "fd_close",
        "fd_datasync",
        "fd_fdstat_get",
        "fd_fdstat_set_flags",
        "fd_fdstat_set_rights",
        "fd_filestat_get",
        "fd_filestat_set_size",
        "fd_filestat_set_times",
        "fd_pread",
        "fd_prestat_get",
        "fd_prestat_dir_name",
        "fd_pwrite",
        "fd_read",
        "fd_readdir",
        "fd_renumber",
        "fd_seek",
        "fd_sync",
        "fd_tell",
        "fd_write",
        "path_create_directory",
        "path_filestat_get",
        "path_filestat_set_times",
        "path_link",
        "path_open",
        "path_readlink",
        "path_remove_directory",
        "path_rename",
        "path_symlink",
        "path_unlink_file",
        "poll_oneoff",
        "proc_exit",
        "proc_raise",
        "sched_yield",
        "random_get",
        "sock_accept",
        "sock_recv",
        "sock_send",
        "sock_shutdown",
    )
)
"""All functions of the module; a host has each of them."""
