# SPDX-License-Identifier: Apache-2.0
"""What tests need from outside. A test that cannot run says so; in CI that is a failure."""
import os

import pytest


def need(*names):
    """The values of these environment variables."""
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        reason = f"not set: {', '.join(missing)}; use ./dev test"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return [os.environ[name] for name in names]
