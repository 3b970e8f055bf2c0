"""What the user can do next about a problem."""

from enum import Enum


class Action(Enum):
    """Something that a front end offers; each front end says how in its own words."""

    CONNECT = "connect"
    RECONNECT = "reconnect"
    LOG_IN = "log in"
    LOG_OUT = "log out"
    EDIT_REQUEST = "edit the request"
    REFRESH = "refresh"
    RETRY = "retry"
    READ_LOG = "read the log"
    SET_UP_NODE_KEY = "set up a key for the compute nodes"
