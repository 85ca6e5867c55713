using System.Reflection;
using Xunit.v3;

[assembly: JobQueue.Tests.TimeLimit]

namespace JobQueue.Tests;

/// <summary>
/// Ends each test of its assembly that takes too long: the test's token fires, and it fails where it waits. Without it a test that waits for what never comes
/// says nothing, and holds the whole run.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class TimeLimitAttribute : BeforeAfterTestAttribute
{
    /// <summary>Several times what the longest takes on a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    private static readonly AsyncLocal<ITimer?> Running = new();

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        var current = TestContext.Current;
        Running.Value = TimeProvider.System.CreateTimer(_ => current.CancelCurrentTest(), state: null, Limit, Timeout.InfiniteTimeSpan);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test) => Running.Value?.Dispose();
}
