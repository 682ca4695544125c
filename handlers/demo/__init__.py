"""The front door of the demonstration: two fictional offices and letters to play."""

from handlers.demo.plays import DemoEvent, DemoPlay, demo_plays
from handlers.demo.seeding import seed_demo

__all__ = ["DemoEvent", "DemoPlay", "demo_plays", "seed_demo"]
