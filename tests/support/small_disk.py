# SPDX-License-Identifier: Apache-2.0
"""A disk that a test can fill."""
import errno
import shutil
import subprocess

BYTES = 1024 * 1024


class SmallDisk:
    """A file system in memory, which takes a right to mount. Who has none gets a folder of the disk that there is; while
    it counts as full, a program has to be started with its files limited to largest_file."""

    def __init__(self, folder):
        self.folder, self.largest_file = folder, "unlimited"
        folder.mkdir()
        self.is_real = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={BYTES}", "tmpfs", folder], check=False,
                                      capture_output=True).returncode == 0

    def fill(self):
        if not self.is_real:
            self.largest_file = "0"
            return
        try:
            with (self.folder / "of somebody else").open("ab", buffering=0) as file:
                while True:
                    file.write(bytes(4096))
        except OSError as error:
            assert error.errno == errno.ENOSPC, error

    def empty(self):
        self.largest_file = "unlimited"
        (self.folder / "of somebody else").unlink(missing_ok=True)

    def remove(self):
        if self.is_real:
            subprocess.run(["umount", self.folder], check=True)
        shutil.rmtree(self.folder, ignore_errors=True)
