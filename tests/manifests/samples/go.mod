// Deprecated: use v2
module "example.org/Forecast" // the service

go 1.22

toolchain go1.22.4

require github.com/Masterminds/sprig/v3 v3.2.3
require golang.org/x/net v0.26.0 // indirect

require (
	github.com/spf13/cobra v1.8.1
	"github.com/spf13/pflag" v1.0.5 // indirectly used, directly required
	github.com/inconshreveable/mousetrap v1.1.0 // indirect; for Windows
	github.com/broken
)

replace (
	github.com/spf13/cobra v1.8.1 => ../cobra
)

exclude golang.org/x/net v0.25.0
retract [v1.0.0, v1.0.5] // published by accident
retrace v1.0.0
