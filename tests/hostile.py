"""Hostile values for host names, job ids and base paths from a cluster."""

NO_HOST_NAMES = (
    "", " ", "-", "-oProxyCommand=touch x", "--", "@revoked", "@cert-authority * ssh-ed25519 AAAA", "*", "c*", "c?",
    "!c1", "c1,*", "c1,c2", "c1 c2", "c1\tc2", "c1\n@cert-authority * ssh-ed25519 AAAA", "c1\n", "\nc1", "c1\r", "c1\0",
    "c1\x1b[2J", "c1\x7f", "c" * 254, "c" * 300, "cé", "с1", "c\u2028", "c1\u200b", "c٣", "user@c1", "c1:22", "[c1]:22",
    "::1", "c1/..", "../c1", "c1;id", "$(id)", "`id`", "c1'", 'c1"', "c1\\", "#c1", "|1|abc|def", "c1%h", "c1=2", ".",
    "..", ".c1", "~", "c1|id", "c1&id", "c1<x", "(null)", "{c1}", "c[1-2]", "c1+c2", "ssh://c1",
)  # fmt: skip
HOST_NAMES = (
    "c1",
    "n-0_1.cluster.example.org",
    "C1",
    "_x",
    "0",
    "c" * 253,
    "compute-a-16-21.o2.rc.hms.harvard.edu",
)
NO_JOB_IDS = (
    "",
    "x",
    "-1",
    "4711 4712",
    "4711; id",
    "4711;$(id)",
    "4711;-id",
    "$(id)",
    "../x",
    "4711'",
    "٣",
    "²",
    "1" * 19,
    "47_",
    "4[",
    "*",
)
REFUSED_PATHS = (
    "//evil.example/", "///", "//", "/a//b/", "/../", "/..", "/..//", "/a/../b/", "/./", ".", "..", "@evil.example/",
    "/@evil.example/", "user:pw@evil.example/", ":80@evil.example/", ":80/", "\\\\evil.example/", "/\\evil.example/",
    "/a\\b/", "http://evil.example/", "//evil.example:80/x", "/x?token=y", "?x", "/x#y", "#", "/x y/", " ", "/x\ty/",
    "/x\ny/", "\n//evil.example/", "/x\r\nHost: evil/", "/x\0/", "/\x1b[2J/", "/\x7f/", "/é/", "/。/", "/\u2028/",
    "/\u202e/", '/"/', "/'/", "/<script>/", "/>/", "/&/", "/;/", "/=/", "/+/", "/$(id)/", "/`id`/", "/{x}/", "/[x]/",
    "/|/", "/*/", "/!/", "/%/", "/%2/", "/%zz/", "/%2e%2e/", "/%2E./", "/a%2eb/", "/%2f/", "/a%2Fb/", "/%5c/", "/%00/",
    "/%0a/", "/%0d%0aX:/", "/%1b/", "/%7f/", "/" + "a" * 10240 + "/",
)  # fmt: skip
PATHS = {
    "": "/", "/": "/", "/x/": "/x/", "x": "/x/", "/x": "/x/", ".evil.example": "/.evil.example/", "8": "/8/",
    "/user/alice%40example.org/": "/user/alice%40example.org/", "/node/c1.hpc/8888/": "/node/c1.hpc/8888/",
    "/~ada/a_b-c.d/": "/~ada/a_b-c.d/", "/%C3%A9/": "/%C3%A9/", "...": "/.../",
}  # fmt: skip
