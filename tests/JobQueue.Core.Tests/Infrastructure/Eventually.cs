namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>Waits for a condition: looks again and again until it holds, and fails the test when it does not within the bound.</summary>
internal static class Eventually
{
    /// <summary>Far longer than any condition takes, so that a busy machine fails no test.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    /// <param name="condition">Looked at until it is true.</param>
    /// <param name="because">What is waited for; the failure's text.</param>
    public static Task HoldsAsync(Func<bool> condition, string because) => HoldsAsync(() => Task.FromResult(condition()), because);

    /// <inheritdoc cref="HoldsAsync(Func{bool}, string)" />
    public static async Task HoldsAsync(Func<Task<bool>> condition, string because)
    {
        var test = TestContext.Current.CancellationToken;
        using var bound = new CancellationTokenSource(Bound, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, test);
        while (!await condition())
        {
            test.ThrowIfCancellationRequested();
            bound.IsCancellationRequested.Should().BeFalse($"this was to hold within {Bound}: {because}");
            await Task.Delay(Look, TimeProvider.System, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Awaits what a test cannot go on without, and fails instead of hanging.</summary>
    public static Task<T> EndsAsync<T>(Task<T> task) => task.WaitAsync(Bound, TimeProvider.System, TestContext.Current.CancellationToken);

    /// <inheritdoc cref="EndsAsync{T}(Task{T})" />
    public static Task EndsAsync(Task task) => task.WaitAsync(Bound, TimeProvider.System, TestContext.Current.CancellationToken);
}
