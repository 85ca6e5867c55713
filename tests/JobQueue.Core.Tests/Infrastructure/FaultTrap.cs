namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>What happens to the next call of one script that comes through a <see cref="FaultProxy"/>.</summary>
internal enum FaultKind
{
    /// <summary>The server executes it, and the connection ends before the reply has passed.</summary>
    LoseReply,

    /// <summary>It waits in the proxy, with all that comes after it on its connection, until it is let go.</summary>
    HoldCall,

    /// <summary>It passes; whoever waits for it learns that the server has it.</summary>
    Watch,
}

/// <summary>A fault that waits for one call.</summary>
internal sealed class FaultTrap(FaultKind kind, string hash)
{
    private readonly TaskCompletionSource _caught = New();
    private readonly TaskCompletionSource _letGo = New();
    private readonly TaskCompletionSource _answered = New();

    public FaultKind Kind => kind;

    /// <summary>Ends when the call has come: it is held now, or the server has it.</summary>
    public Task Caught => _caught.Task;

    /// <summary>Ends when the server has executed it and its reply has come to the proxy.</summary>
    public Task Answered => _answered.Task;

    /// <summary>Lets a call go on that is held.</summary>
    public void LetGo() => _letGo.TrySetResult();

    public bool IsFor((string Name, string First) command)
        => command.Name == "EVALSHA" && string.Equals(command.First, hash, StringComparison.OrdinalIgnoreCase);

    internal Task LetGoTask => _letGo.Task;

    internal void Catch() => _caught.TrySetResult();

    internal void Answer() => _answered.TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
