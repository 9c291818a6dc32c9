"""What the tests of this project need of pytest; its own plugin comes with the package."""

pytest_plugins = ["pytester"]
