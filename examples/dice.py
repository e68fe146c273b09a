"""Chances for the generators of examples: the same seed gives the same ones, whatever the version of Python."""

import random


class Dice:
    """Built on random() alone: the one method whose sequence Python promises to keep from version to version."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def chance(self, share):
        return self._random.random() < share

    def below(self, limit):
        return int(self._random.random() * limit)

    def pick(self, choices):
        return choices[self.below(len(choices))]

    def take(self, choices, count):
        rest = list(choices)
        return [rest.pop(self.below(len(rest))) for _ in range(count)]

    def share(self, shares):
        """One of the names of (name, share)."""
        number = self._random.random()
        for name, share in shares:
            if number < share:
                return name
            number -= share
        return shares[-1][0]
