namespace JobQueue.SourceGeneration.Models;

/// <summary>What the attribute says beside the name.</summary>
/// <param name="Queue">The queue, or null when unset.</param>
/// <param name="HasConcurrencyLimit">Whether it limits how many of its jobs run.</param>
/// <param name="Aliases">Its former names.</param>
/// <param name="Members">What is set, as members of a JSON object.</param>
/// <param name="DoNotRetry">Exceptions that are not retried, as code.</param>
internal sealed record OptionsModel(string? Queue, bool HasConcurrencyLimit, EquatableArray<string> Aliases, EquatableArray<string> Members, EquatableArray<string> DoNotRetry);
