"""Every error a person may see: one or two lines that say what, where and what to do."""

from __future__ import annotations


class RecommenderError(Exception):
    """An error with a message for people; `exit_code` is what the command line ends with."""

    exit_code = 1


class RefusedError(RecommenderError):
    """The gate does not let a training go live."""


class ConfigError(RecommenderError):
    """A setting, a flag or a file name in the config is wrong."""

    exit_code = 2


class UnknownCustomerError(RecommenderError):
    """The release holds no customer of this id."""

    exit_code = 2


class UnknownProductError(RecommenderError):
    """The release holds no product of this id."""

    exit_code = 2


class UnknownReleaseError(RecommenderError):
    """There is no such release, or none at all yet."""

    exit_code = 2


class BadDataError(RecommenderError):
    """What came in cannot be used as it is."""

    exit_code = 65


class ReadWriteError(RecommenderError):
    """A file, folder or database cannot be read or written."""

    exit_code = 74


class WorkerLostError(ReadWriteError):
    """A process that worked for this one is gone."""


class BrokenReleaseError(ReadWriteError):
    """A release on disk is not what its manifest says."""


class BusyError(RecommenderError):
    """Another training holds the lock."""

    exit_code = 75
