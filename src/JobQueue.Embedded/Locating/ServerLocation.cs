namespace JobQueue.Embedded.Locating;

/// <summary>A server that is on this machine: the program to run and the arguments that come before ours.</summary>
internal sealed record ServerLocation(EmbeddedServerKind Kind, string FileName, IReadOnlyList<string> LeadingArguments)
{
    /// <summary>How messages name it: the file a person can look at.</summary>
    public string Display => $"{Kind} ({(LeadingArguments.Count == 0 ? FileName : LeadingArguments[^1])})";
}
