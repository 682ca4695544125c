"""The front door of the demonstration: two fictional offices and letters to play."""

from handlers.demo.plays import DemoEvent, DemoPlay, demo_plays
from handlers.demo.seeding import seed_demo
from handlers.demo.source import example_files

__all__ = ["DemoEvent", "DemoPlay", "demo_plays", "example_files", "seed_demo"]
