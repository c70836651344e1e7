"""Shows that a regular expression takes linear time: an analysis of its structure, no timing.

The expression becomes an automaton whose edges count the ways in which `re` can take them. Three
shapes make backtracking dear (Weber and Seidl, "On the degree of ambiguity of finite automata"):

- exponential: a state comes back to itself over one word in two ways;
- polynomial: two loops, one behind the other, take the same word;
- for searching: a loop takes a word with which a match can begin, and can go on without a match,
  so that every beginning in a run is tried to the run's end.

Repeats with a bound are cut to two rounds: they cost a factor, not a power of the length.
Assertions count as empty, and what is inside them is looked at by itself. Back references count as
empty.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any

if sys.version_info >= (3, 11):
    from re import _constants as codes
    from re import _parser as parser
else:
    import sre_constants as codes
    import sre_parse as parser

_SAMPLES = "\0\t\n\x1b !\"#%&'()*+,-./059:;<=>?@AFMZ[\\]^_`afmz{|}~\x80é‹›字\u2028"


@dataclass
class _Automaton:
    """Epsilon edges, and positions that take a character."""

    labels: dict[int, int] = field(default_factory=dict)
    """Position to the bits of the samples that it takes."""
    epsilon: dict[int, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    """State to states, with what stands between: nothing, an assertion, the text's beginning or
    end."""
    after: dict[int, int] = field(default_factory=dict)
    """Position to the state behind it."""
    inner: list[Any] = field(default_factory=list)
    """What is inside assertions."""
    count: int = 0

    def state(self) -> int:
        """Return a new state."""
        self.count += 1
        return self.count


def problems(pattern: str | bytes, flags: int = 0, *, searched: bool = True) -> list[str]:
    """Return what makes an expression dear; empty when it is linear."""
    tree = parser.parse(pattern, flags)
    flags |= tree.state.flags
    return _problems(tree, flags, searched=searched)


def _problems(tree: Any, flags: int, *, searched: bool) -> list[str]:
    samples = _samples(tree)
    automaton = _Automaton()
    start = automaton.state()
    end = _build(automaton, tree, start, samples, flags)
    found = _analyse(automaton, start, end, samples, searched=searched)
    for inner in automaton.inner:
        found += _problems(inner, flags, searched=False)
    return found


def _samples(tree: Any) -> list[str]:
    """Return characters that tell all classes of an expression apart."""
    chars = set(map(ord, _SAMPLES))

    def walk(items: Any) -> None:
        for op, value in items:
            if op in (codes.LITERAL, codes.NOT_LITERAL):
                chars.update((value - 1, value, value + 1))
            elif op is codes.IN:
                walk(value)
            elif op is codes.RANGE:
                chars.update((value[0] - 1, value[0], value[1], value[1] + 1))
            else:
                for part in _parts(op, value):
                    walk(part)

    walk(tree)
    return [chr(char) for char in sorted(chars) if 0 <= char <= 0x10FFFF]


def _parts(op: Any, value: Any) -> list[Any]:
    if op is codes.BRANCH:
        return list(value[1])
    if op is codes.SUBPATTERN:
        return [value[3]]
    if str(op) in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return [value[2]]
    if op in (codes.ASSERT, codes.ASSERT_NOT):
        return [value[1]]
    if str(op) == "ATOMIC_GROUP":
        return [value]
    if op is codes.GROUPREF_EXISTS:
        return [part for part in value[1:] if part is not None]
    return []


_CATEGORIES = {
    "CATEGORY_DIGIT": str.isdigit,
    "CATEGORY_SPACE": str.isspace,
    "CATEGORY_WORD": lambda char: char.isalnum() or char == "_",
}


def _bits(op: Any, value: Any, samples: list[str], flags: int) -> int:
    """Return the bits of the samples that an item takes."""
    flags = int(flags)  # the enumeration's operators are slow
    item = tuple(value) if op is codes.IN else value
    return _bits_of(op, item, "".join(samples), flags & (re.IGNORECASE | re.DOTALL).value)


@cache
def _bits_of(op: Any, value: Any, samples: str, flags: int) -> int:
    bits = 0
    for index, char in enumerate(samples):
        bits |= _takes(op, value, char, flags) << index
    return bits


def _takes(op: Any, value: Any, char: str, flags: int) -> bool:
    cases = {char, char.lower(), char.upper()} if flags & re.IGNORECASE.value else {char}
    if op is codes.ANY:
        return bool(flags & re.DOTALL.value) or char != "\n"
    if op is codes.LITERAL:
        return any(case == chr(value) for case in cases)
    if op is codes.NOT_LITERAL:
        return all(case != chr(value) for case in cases)
    negated = value[0][0] is codes.NEGATE
    inside = False
    for item, what in value:
        if item is codes.LITERAL:
            inside |= any(case == chr(what) for case in cases)
        elif item is codes.RANGE:
            inside |= any(what[0] <= ord(case[0]) <= what[1] for case in cases if len(case) == 1)
        elif item is codes.CATEGORY:
            name = str(what)
            test = _CATEGORIES[name.replace("_NOT", "")]
            inside |= test(char) != ("_NOT" in name)
    return inside != negated


def _build(auto: _Automaton, tree: Any, start: int, samples: list[str], flags: int) -> int:
    """Add an expression behind a state; return the state behind it."""
    at = start
    for op, value in tree:
        name = str(op)
        if op in (codes.LITERAL, codes.NOT_LITERAL, codes.ANY, codes.IN):
            position, behind = auto.state(), auto.state()
            auto.labels[position] = _bits(op, value, samples, flags)
            auto.after[position] = behind
            auto.epsilon[at].append((position, ""))
            at = behind
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            at = _build_repeat(auto, value, at, samples, flags)
        elif op is codes.BRANCH:
            behind = auto.state()
            for branch in value[1]:
                first = auto.state()
                auto.epsilon[at].append((first, ""))
                auto.epsilon[_build(auto, branch, first, samples, flags)].append((behind, ""))
            at = behind
        elif op is codes.SUBPATTERN:
            at = _build(auto, value[3], at, samples, flags | value[1])
        elif name == "ATOMIC_GROUP":
            at = _build(auto, value, at, samples, flags)
        elif op in (codes.ASSERT, codes.ASSERT_NOT, codes.AT):
            behind = auto.state()
            begins = op is codes.AT and (
                value is codes.AT_BEGINNING_STRING
                or (value is codes.AT_BEGINNING and not flags & re.MULTILINE)
            )
            ends = op is codes.AT and value is codes.AT_END_STRING
            kind = "beginning" if begins else "end" if ends else "assertion"
            auto.epsilon[at].append((behind, kind))
            if op is not codes.AT:
                auto.inner.append(value[1])
            at = behind
        elif op is codes.GROUPREF_EXISTS:
            behind = auto.state()
            for branch in (value[1], value[2] or []):
                first = auto.state()
                auto.epsilon[at].append((first, ""))
                auto.epsilon[_build(auto, branch, first, samples, flags)].append((behind, ""))
            at = behind
        elif op is codes.GROUPREF:
            behind = auto.state()
            auto.epsilon[at].append((behind, "assertion"))
            at = behind
        else:
            raise NotImplementedError(name)
    return at


def _build_repeat(auto: _Automaton, value: Any, at: int, samples: list[str], flags: int) -> int:
    least, most, body = value
    for _ in range(min(least, 2)):
        at = _build(auto, body, at, samples, flags)
    if most == codes.MAXREPEAT:
        loop, behind = auto.state(), auto.state()
        auto.epsilon[at].append((loop, ""))
        auto.epsilon[_build(auto, body, loop, samples, flags)].append((loop, ""))
        auto.epsilon[loop].append((behind, ""))
        return behind
    behind = auto.state()
    for _ in range(min(most - least, 2)):
        auto.epsilon[at].append((behind, ""))
        first = auto.state()
        auto.epsilon[at].append((first, ""))
        at = _build(auto, body, first, samples, flags)
    auto.epsilon[at].append((behind, ""))
    return behind


def _closure(
    auto: _Automaton, state: int, end: int, *, anywhere: bool = False, to_end: bool = False
) -> tuple[dict[int, int], bool]:
    """Return the positions behind a state, with in how many ways (2 for more than one).

    And whether the end is reached without an assertion. With `anywhere`, what must stand at the
    beginning of the text is left out. With `to_end` the text's end is no assertion: the loop takes
    every character.
    """
    ways: dict[int, int] = defaultdict(int)
    ends = False

    def walk(at: int, path: tuple[int, ...], sure: bool) -> None:
        nonlocal ends
        if at in auto.labels:
            ways[at] = min(2, ways[at] + 1)
            return
        ends |= at == end and sure
        for following, asserted in auto.epsilon[at]:
            if path.count(following) < 2 and not (anywhere and asserted == "beginning"):
                kept = not asserted or (asserted == "end" and to_end)
                walk(following, (*path, following), sure and kept)

    walk(state, (state,), sure=True)
    return dict(ways), ends


def _analyse(
    auto: _Automaton, start: int, end: int, samples: list[str], *, searched: bool
) -> list[str]:
    first, _ = _closure(auto, start, end, anywhere=True)
    follow: dict[int, dict[int, int]] = {}
    accepts: dict[int, bool] = {}
    for position, behind in auto.after.items():
        takes_all = auto.labels[position] == (1 << len(samples)) - 1
        follow[position], accepts[position] = _closure(auto, behind, end, to_end=takes_all)
    component = _components(follow)
    loops = [
        p for p in follow if component[p] == component.get(p) and _in_loop(p, follow, component)
    ]
    labels = auto.labels

    def text(position: int) -> str:
        return repr("".join(c for i, c in enumerate(samples) if labels[position] >> i & 1)[:12])

    found = []
    for p in loops:
        if _exponential(p, follow, labels, component):
            found.append(f"exponential: a loop over {text(p)} has two ways")
            break
    for p, q in product(loops, loops):
        if p != q and _polynomial(p, q, follow, labels, component):
            found.append(f"polynomial: loops over {text(p)} and {text(q)} take the same")
            break
    if searched:
        for q in loops:
            if _restarts(q, first, follow, labels, accepts):
                found.append(f"searching: a match can begin within a loop over {text(q)}")
                break
    return found


def _components(follow: dict[int, dict[int, int]]) -> dict[int, int]:
    """Return the strongly connected component of each position (Kosaraju)."""
    order: list[int] = []
    seen: set[int] = set()
    for root in follow:
        stack = [(root, iter(follow[root]))] if root not in seen else []
        seen.add(root)
        while stack:
            node, rest = stack[-1]
            for following in rest:
                if following not in seen:
                    seen.add(following)
                    stack.append((following, iter(follow[following])))
                    break
            else:
                order.append(node)
                stack.pop()
    back: dict[int, list[int]] = defaultdict(list)
    for node, following in follow.items():
        for other in following:
            back[other].append(node)
    component: dict[int, int] = {}
    for root in reversed(order):
        todo = [root] if root not in component else []
        while todo:
            node = todo.pop()
            if node not in component:
                component[node] = root
                todo += back[node]
    return component


def _in_loop(p: int, follow: dict[int, dict[int, int]], component: dict[int, int]) -> bool:
    return any(component[other] == component[p] for other in follow[p])


def _exponential(
    p: int, follow: dict[int, dict[int, int]], labels: dict[int, int], component: dict[int, int]
) -> bool:
    inside = component[p]

    def steps(node: tuple[int, int]) -> list[tuple[tuple[int, int], bool]]:
        return [
            ((a, b), a != b or (node[0] == node[1] and follow[node[0]][a] > 1))
            for a in follow[node[0]]
            if component[a] == inside
            for b in follow[node[1]]
            if component[b] == inside and labels[a] & labels[b]
        ]

    # From (p, p) to a pair that differs, and back to (p, p).
    seen = {(p, p, False)}
    todo = [(p, p, False)]
    while todo:
        a, b, parted = todo.pop()
        for (c, d), differs in steps((a, b)):
            node = (c, d, parted or differs)
            if node == (p, p, True):
                return True
            if node not in seen:
                seen.add(node)
                todo.append(node)
    return False


def _polynomial(
    p: int,
    q: int,
    follow: dict[int, dict[int, int]],
    labels: dict[int, int],
    component: dict[int, int],
) -> bool:
    """Return whether a word leads from p to p, from p to q and from q to q."""
    seen = {(p, p, q)}
    todo = [(p, p, q)]
    while todo:
        a, b, c = todo.pop()
        for x in follow[a]:
            if component[x] != component[p]:
                continue
            for z in follow[c]:
                both = labels[x] & labels[z]
                if component[z] != component[q] or not both:
                    continue
                for y in follow[b]:
                    if not both & labels[y]:
                        continue
                    node = (x, y, z)
                    if node == (p, q, q):
                        return True
                    if node not in seen:
                        seen.add(node)
                        todo.append(node)
    return False


def _restarts(
    q: int,
    first: dict[int, int],
    follow: dict[int, dict[int, int]],
    labels: dict[int, int],
    accepts: dict[int, bool],
) -> bool:
    """Return whether a word leads from the start to q, and from q to q without a match."""
    if accepts[q]:
        return False
    seen: set[tuple[int, int]] = set()
    todo = [(b, c) for b in first for c in follow[q] if not accepts[c] and labels[b] & labels[c]]
    while todo:
        b, c = todo.pop()
        if (b, c) == (q, q):
            return True
        if (b, c) in seen:
            continue
        seen.add((b, c))
        todo += [
            (y, z) for y in follow[b] for z in follow[c] if not accepts[z] and labels[y] & labels[z]
        ]
    return False
