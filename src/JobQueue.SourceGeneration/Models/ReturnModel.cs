namespace JobQueue.SourceGeneration.Models;

/// <summary>What a handler method gives back.</summary>
/// <param name="IsAwaited">Whether it is a task.</param>
/// <param name="HasResult">Whether there is a value, which is the job's result.</param>
internal sealed record ReturnModel(bool IsAwaited, bool HasResult);
