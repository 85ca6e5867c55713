namespace JobQueue.SourceGeneration.Models;

/// <summary>Where a parameter's value comes from.</summary>
internal enum ParameterSource
{
    /// <summary>The job's arguments as a whole.</summary>
    Args,

    /// <summary>A member of the generated arguments.</summary>
    Member,

    /// <summary>The attempt's context.</summary>
    Context,

    /// <summary>The attempt's token.</summary>
    CancellationToken,

    /// <summary>The attempt's services.</summary>
    Service,
}

/// <summary>A parameter of a handler method, in the order of its declaration.</summary>
/// <param name="Source">Where its value comes from.</param>
/// <param name="Type">Its type.</param>
/// <param name="Property">The property of the generated record, for a member.</param>
/// <param name="ServiceKey">The key as code, for a keyed service.</param>
internal sealed record ParameterModel(ParameterSource Source, TypeModel Type, string? Property = null, string? ServiceKey = null);
