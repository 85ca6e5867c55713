using JobQueue.Embedded.Tests.Support;
using Xunit.Runner.InProc.SystemConsole;

return args is [ChildHost.Argument, ..]
    ? await ChildHost.RunAsync(args)
    : await ConsoleRunner.Run(args);
