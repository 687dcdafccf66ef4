"""What the front end does, computed by ngspice from the parts of `hardware.design`."""
