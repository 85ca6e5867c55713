namespace JobQueue.Chaos.Tests.Infrastructure;

/// <summary>Waits for a condition: looks again and again until it holds, and fails the test when it does not within the bound.</summary>
internal static class Condition
{
    /// <summary>Far longer than anything here takes, so that a busy machine fails no test.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public static Task HoldsAsync(Func<bool> condition, Func<string> because) => HoldsAsync(() => Task.FromResult(condition()), () => Task.FromResult(because()));

    public static Task HoldsAsync(Func<Task<bool>> condition, string because) => HoldsAsync(condition, () => Task.FromResult(because));

    /// <param name="condition">Looked at until it is true.</param>
    /// <param name="because">What is waited for and what is there instead; the failure's text.</param>
    public static async Task HoldsAsync(Func<Task<bool>> condition, Func<Task<string>> because)
    {
        var test = TestContext.Current.CancellationToken;
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            test.ThrowIfCancellationRequested();
            if (TimeProvider.System.GetElapsedTime(began) > Bound)
            {
                Assert.Fail($"This was to hold within {Bound}: {await because()}");
            }

            await Task.Delay(Look, TimeProvider.System, test).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
