/* eslint-disable */
/* prettier-ignore */

export type introspection_types = {
  Answer: {
    kind: 'OBJECT'
    name: 'Answer'
    fields: {
      category: { name: 'category'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      confidence: { name: 'confidence'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      conversation: { name: 'conversation'; type: { kind: 'SCALAR'; name: 'UUID'; ofType: null } }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
      latencyMs: {
        name: 'latencyMs'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      }
      model: {
        name: 'model'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      outcome: {
        name: 'outcome'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      reason: { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      sources: {
        name: 'sources'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: {
              kind: 'NON_NULL'
              name: never
              ofType: { kind: 'OBJECT'; name: 'Source'; ofType: null }
            }
          }
        }
      }
      text: {
        name: 'text'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      textHtml: { name: 'textHtml'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      ticketId: { name: 'ticketId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
    }
  }
  ApiToken: {
    kind: 'OBJECT'
    name: 'ApiToken'
    fields: {
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      createdBy: {
        name: 'createdBy'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      expiresAt: { name: 'expiresAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      hint: {
        name: 'hint'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      lastUsedAt: { name: 'lastUsedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      name: {
        name: 'name'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      revokedAt: { name: 'revokedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      role: {
        name: 'role'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      user: { name: 'user'; type: { kind: 'OBJECT'; name: 'User'; ofType: null } }
      userId: {
        name: 'userId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  ApiTokenCondition: {
    kind: 'INPUT_OBJECT'
    name: 'ApiTokenCondition'
    isOneOf: false
    inputFields: [
      { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'userId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  ApiTokenConnection: {
    kind: 'OBJECT'
    name: 'ApiTokenConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'ApiTokenEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'ApiToken'; ofType: null } }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  ApiTokenEdge: {
    kind: 'OBJECT'
    name: 'ApiTokenEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'ApiToken'; ofType: null } }
    }
  }
  ApiTokenFilter: {
    kind: 'INPUT_OBJECT'
    name: 'ApiTokenFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'ApiTokenFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'ApiTokenFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'ApiTokenFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      { name: 'user'; type: { kind: 'INPUT_OBJECT'; name: 'UserFilter'; ofType: null }; defaultValue: null },
      { name: 'userId'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
    ]
  }
  ApiTokenOrderBy: {
    name: 'ApiTokenOrderBy'
    enumValues:
      | 'ID_ASC'
      | 'ID_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'USER_ID_ASC'
      | 'USER_ID_DESC'
  }
  ApproveImprovementInput: {
    kind: 'INPUT_OBJECT'
    name: 'ApproveImprovementInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'editedContent'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'editedVersion'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  ApproveImprovementPayload: {
    kind: 'OBJECT'
    name: 'ApproveImprovementPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      improvementQueueEdge: {
        name: 'improvementQueueEdge'
        type: { kind: 'OBJECT'; name: 'ImprovementQueueEdge'; ofType: null }
      }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'ImprovementQueue'; ofType: null } }
    }
  }
  ArchiveSopInput: {
    kind: 'INPUT_OBJECT'
    name: 'ArchiveSopInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'sopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  ArchiveSopPayload: {
    kind: 'OBJECT'
    name: 'ArchiveSopPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'Sop'; ofType: null } }
      sopEdge: { name: 'sopEdge'; type: { kind: 'OBJECT'; name: 'SopEdge'; ofType: null } }
    }
  }
  AskInput: {
    kind: 'INPUT_OBJECT'
    name: 'AskInput'
    isOneOf: false
    inputFields: [
      { name: 'category'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'conversation'; type: { kind: 'SCALAR'; name: 'UUID'; ofType: null }; defaultValue: null },
      {
        name: 'query'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
        defaultValue: null
      },
      { name: 'site'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  AskPayload: {
    kind: 'OBJECT'
    name: 'AskPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      response: {
        name: 'response'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Answer'; ofType: null } }
      }
    }
  }
  AuditHead: {
    kind: 'OBJECT'
    name: 'AuditHead'
    fields: {
      chainPosition: {
        name: 'chainPosition'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
      day: {
        name: 'day'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Date'; ofType: null } }
      }
      hash: {
        name: 'hash'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'SCALAR'; name: 'Base64EncodedBinary'; ofType: null }
        }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      recordedAt: {
        name: 'recordedAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
    }
  }
  AuditHeadCondition: {
    kind: 'INPUT_OBJECT'
    name: 'AuditHeadCondition'
    isOneOf: false
    inputFields: [{ name: 'day'; type: { kind: 'SCALAR'; name: 'Date'; ofType: null }; defaultValue: null }]
  }
  AuditHeadConnection: {
    kind: 'OBJECT'
    name: 'AuditHeadConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'AuditHeadEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'AuditHead'; ofType: null } }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  AuditHeadEdge: {
    kind: 'OBJECT'
    name: 'AuditHeadEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'AuditHead'; ofType: null } }
    }
  }
  AuditHeadFilter: {
    kind: 'INPUT_OBJECT'
    name: 'AuditHeadFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'AuditHeadFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      { name: 'day'; type: { kind: 'INPUT_OBJECT'; name: 'DateFilter'; ofType: null }; defaultValue: null },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'AuditHeadFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'AuditHeadFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
    ]
  }
  AuditHeadOrderBy: {
    name: 'AuditHeadOrderBy'
    enumValues: 'DAY_ASC' | 'DAY_DESC' | 'NATURAL' | 'PRIMARY_KEY_ASC' | 'PRIMARY_KEY_DESC'
  }
  AuditLog: {
    kind: 'OBJECT'
    name: 'AuditLog'
    fields: {
      actor: {
        name: 'actor'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      chainPosition: { name: 'chainPosition'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      hash: { name: 'hash'; type: { kind: 'SCALAR'; name: 'Base64EncodedBinary'; ofType: null } }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
      'new': { name: 'new'; type: { kind: 'SCALAR'; name: 'JSON'; ofType: null } }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      old: { name: 'old'; type: { kind: 'SCALAR'; name: 'JSON'; ofType: null } }
      operation: {
        name: 'operation'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      previousHash: {
        name: 'previousHash'
        type: { kind: 'SCALAR'; name: 'Base64EncodedBinary'; ofType: null }
      }
      reason: { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      requestId: { name: 'requestId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      role: {
        name: 'role'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      rowId: {
        name: 'rowId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      tableName: {
        name: 'tableName'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      transactionId: {
        name: 'transactionId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
    }
  }
  AuditLogCondition: {
    kind: 'INPUT_OBJECT'
    name: 'AuditLogCondition'
    isOneOf: false
    inputFields: [
      { name: 'chainPosition'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'createdAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'id'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'rowId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'tableName'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  AuditLogConnection: {
    kind: 'OBJECT'
    name: 'AuditLogConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'AuditLogEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'AuditLog'; ofType: null } }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  AuditLogEdge: {
    kind: 'OBJECT'
    name: 'AuditLogEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'AuditLog'; ofType: null } }
    }
  }
  AuditLogFilter: {
    kind: 'INPUT_OBJECT'
    name: 'AuditLogFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'AuditLogFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'chainPosition'
        type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'createdAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'AuditLogFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'AuditLogFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'rowId'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'tableName'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  AuditLogOrderBy: {
    name: 'AuditLogOrderBy'
    enumValues:
      | 'CHAIN_POSITION_ASC'
      | 'CHAIN_POSITION_DESC'
      | 'CREATED_AT_ASC'
      | 'CREATED_AT_DESC'
      | 'ID_ASC'
      | 'ID_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'ROW_ID_ASC'
      | 'ROW_ID_DESC'
      | 'TABLE_NAME_ASC'
      | 'TABLE_NAME_DESC'
  }
  Base64EncodedBinary: unknown
  BigFloat: unknown
  BigInt: unknown
  BigIntFilter: {
    kind: 'INPUT_OBJECT'
    name: 'BigIntFilter'
    isOneOf: false
    inputFields: [
      { name: 'distinctFrom'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'equalTo'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'greaterThan'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      {
        name: 'greaterThanOrEqualTo'
        type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }
        defaultValue: null
      },
      {
        name: 'in'
        type: {
          kind: 'LIST'
          name: never
          ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
        }
        defaultValue: null
      },
      { name: 'isNull'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'lessThan'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      {
        name: 'lessThanOrEqualTo'
        type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }
        defaultValue: null
      },
      { name: 'notDistinctFrom'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'notEqualTo'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      {
        name: 'notIn'
        type: {
          kind: 'LIST'
          name: never
          ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
        }
        defaultValue: null
      },
    ]
  }
  Boolean: unknown
  BooleanFilter: {
    kind: 'INPUT_OBJECT'
    name: 'BooleanFilter'
    isOneOf: false
    inputFields: [
      { name: 'distinctFrom'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'equalTo'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'greaterThan'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      {
        name: 'greaterThanOrEqualTo'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'in'
        type: {
          kind: 'LIST'
          name: never
          ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } }
        }
        defaultValue: null
      },
      { name: 'isNull'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'lessThan'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      {
        name: 'lessThanOrEqualTo'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'notDistinctFrom'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      { name: 'notEqualTo'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      {
        name: 'notIn'
        type: {
          kind: 'LIST'
          name: never
          ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } }
        }
        defaultValue: null
      },
    ]
  }
  ClubSetting: {
    kind: 'OBJECT'
    name: 'ClubSetting'
    fields: {
      assistantEnabled: {
        name: 'assistantEnabled'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } }
      }
      confidenceThreshold: {
        name: 'confidenceThreshold'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      }
      embeddingModel: {
        name: 'embeddingModel'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      helpfulVotesToConfirm: {
        name: 'helpfulVotesToConfirm'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      takeoverMinutes: {
        name: 'takeoverMinutes'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      updatedAt: {
        name: 'updatedAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
    }
  }
  ClubSettingCondition: {
    kind: 'INPUT_OBJECT'
    name: 'ClubSettingCondition'
    isOneOf: false
    inputFields: [{ name: 'id'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null }]
  }
  ClubSettingConnection: {
    kind: 'OBJECT'
    name: 'ClubSettingConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'ClubSettingEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'ClubSetting'; ofType: null } }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  ClubSettingEdge: {
    kind: 'OBJECT'
    name: 'ClubSettingEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'ClubSetting'; ofType: null } }
    }
  }
  ClubSettingFilter: {
    kind: 'INPUT_OBJECT'
    name: 'ClubSettingFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'ClubSettingFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'BooleanFilter'; ofType: null }; defaultValue: null },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'ClubSettingFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'ClubSettingFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
    ]
  }
  ClubSettingOrderBy: {
    name: 'ClubSettingOrderBy'
    enumValues: 'ID_ASC' | 'ID_DESC' | 'NATURAL' | 'PRIMARY_KEY_ASC' | 'PRIMARY_KEY_DESC'
  }
  CreateApiTokenInput: {
    kind: 'INPUT_OBJECT'
    name: 'CreateApiTokenInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'expiresAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'name'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'role'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'userId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  CreateApiTokenPayload: {
    kind: 'OBJECT'
    name: 'CreateApiTokenPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'IssuedToken'; ofType: null } }
    }
  }
  CreateUserInput: {
    kind: 'INPUT_OBJECT'
    name: 'CreateUserInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'email'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'invite'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'name'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'role'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  CreateUserPayload: {
    kind: 'OBJECT'
    name: 'CreateUserPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'User'; ofType: null } }
      userEdge: { name: 'userEdge'; type: { kind: 'OBJECT'; name: 'UserEdge'; ofType: null } }
    }
  }
  CreateWebhookInput: {
    kind: 'INPUT_OBJECT'
    name: 'CreateWebhookInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      {
        name: 'events'
        type: { kind: 'LIST'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
        defaultValue: null
      },
      { name: 'url'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  CreateWebhookPayload: {
    kind: 'OBJECT'
    name: 'CreateWebhookPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'IssuedWebhook'; ofType: null } }
    }
  }
  Cursor: unknown
  Date: unknown
  DateFilter: {
    kind: 'INPUT_OBJECT'
    name: 'DateFilter'
    isOneOf: false
    inputFields: [
      { name: 'distinctFrom'; type: { kind: 'SCALAR'; name: 'Date'; ofType: null }; defaultValue: null },
      { name: 'equalTo'; type: { kind: 'SCALAR'; name: 'Date'; ofType: null }; defaultValue: null },
      { name: 'greaterThan'; type: { kind: 'SCALAR'; name: 'Date'; ofType: null }; defaultValue: null },
      {
        name: 'greaterThanOrEqualTo'
        type: { kind: 'SCALAR'; name: 'Date'; ofType: null }
        defaultValue: null
      },
      {
        name: 'in'
        type: {
          kind: 'LIST'
          name: never
          ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Date'; ofType: null } }
        }
        defaultValue: null
      },
      { name: 'isNull'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'lessThan'; type: { kind: 'SCALAR'; name: 'Date'; ofType: null }; defaultValue: null },
      { name: 'lessThanOrEqualTo'; type: { kind: 'SCALAR'; name: 'Date'; ofType: null }; defaultValue: null },
      { name: 'notDistinctFrom'; type: { kind: 'SCALAR'; name: 'Date'; ofType: null }; defaultValue: null },
      { name: 'notEqualTo'; type: { kind: 'SCALAR'; name: 'Date'; ofType: null }; defaultValue: null },
      {
        name: 'notIn'
        type: {
          kind: 'LIST'
          name: never
          ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Date'; ofType: null } }
        }
        defaultValue: null
      },
    ]
  }
  Datetime: unknown
  DatetimeFilter: {
    kind: 'INPUT_OBJECT'
    name: 'DatetimeFilter'
    isOneOf: false
    inputFields: [
      { name: 'distinctFrom'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'equalTo'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'greaterThan'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      {
        name: 'greaterThanOrEqualTo'
        type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }
        defaultValue: null
      },
      {
        name: 'in'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }
          }
        }
        defaultValue: null
      },
      { name: 'isNull'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'lessThan'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      {
        name: 'lessThanOrEqualTo'
        type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }
        defaultValue: null
      },
      {
        name: 'notDistinctFrom'
        type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }
        defaultValue: null
      },
      { name: 'notEqualTo'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      {
        name: 'notIn'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }
          }
        }
        defaultValue: null
      },
    ]
  }
  DeactivateUserInput: {
    kind: 'INPUT_OBJECT'
    name: 'DeactivateUserInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'userId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  DeactivateUserPayload: {
    kind: 'OBJECT'
    name: 'DeactivateUserPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'User'; ofType: null } }
      userEdge: { name: 'userEdge'; type: { kind: 'OBJECT'; name: 'UserEdge'; ofType: null } }
    }
  }
  DeadJob: {
    kind: 'OBJECT'
    name: 'DeadJob'
    fields: {
      attempts: { name: 'attempts'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      createdAt: { name: 'createdAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      failedAt: { name: 'failedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
      jobKey: { name: 'jobKey'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      lastError: { name: 'lastError'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      task: { name: 'task'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
    }
  }
  DeadJobCondition: {
    kind: 'INPUT_OBJECT'
    name: 'DeadJobCondition'
    isOneOf: false
    inputFields: [
      { name: 'attempts'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'createdAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'failedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'id'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'jobKey'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'lastError'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'task'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  DeadJobConnection: {
    kind: 'OBJECT'
    name: 'DeadJobConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'DeadJobEdge'; ofType: null } }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'DeadJob'; ofType: null } }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  DeadJobEdge: {
    kind: 'OBJECT'
    name: 'DeadJobEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'DeadJob'; ofType: null } }
    }
  }
  DeadJobFilter: {
    kind: 'INPUT_OBJECT'
    name: 'DeadJobFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'DeadJobFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'attempts'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'createdAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'failedAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'jobKey'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'lastError'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'DeadJobFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'DeadJobFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'task'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  DeadJobOrderBy: {
    name: 'DeadJobOrderBy'
    enumValues:
      | 'ATTEMPTS_ASC'
      | 'ATTEMPTS_DESC'
      | 'CREATED_AT_ASC'
      | 'CREATED_AT_DESC'
      | 'FAILED_AT_ASC'
      | 'FAILED_AT_DESC'
      | 'ID_ASC'
      | 'ID_DESC'
      | 'JOB_KEY_ASC'
      | 'JOB_KEY_DESC'
      | 'LAST_ERROR_ASC'
      | 'LAST_ERROR_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'TASK_ASC'
      | 'TASK_DESC'
  }
  DeleteWebhookInput: {
    kind: 'INPUT_OBJECT'
    name: 'DeleteWebhookInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'webhookId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  DeleteWebhookPayload: {
    kind: 'OBJECT'
    name: 'DeleteWebhookPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } }
    }
  }
  DiscardJobInput: {
    kind: 'INPUT_OBJECT'
    name: 'DiscardJobInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'jobId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  DiscardJobPayload: {
    kind: 'OBJECT'
    name: 'DiscardJobPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } }
    }
  }
  EmergencySignal: {
    kind: 'OBJECT'
    name: 'EmergencySignal'
    fields: {
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      pattern: {
        name: 'pattern'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      section: {
        name: 'section'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
    }
  }
  EmergencySignalCondition: {
    kind: 'INPUT_OBJECT'
    name: 'EmergencySignalCondition'
    isOneOf: false
    inputFields: [
      { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'pattern'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  EmergencySignalConnection: {
    kind: 'OBJECT'
    name: 'EmergencySignalConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'EmergencySignalEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'EmergencySignal'; ofType: null }
          }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  EmergencySignalEdge: {
    kind: 'OBJECT'
    name: 'EmergencySignalEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'EmergencySignal'; ofType: null } }
    }
  }
  EmergencySignalFilter: {
    kind: 'INPUT_OBJECT'
    name: 'EmergencySignalFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'EmergencySignalFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'EmergencySignalFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'EmergencySignalFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'pattern'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  EmergencySignalOrderBy: {
    name: 'EmergencySignalOrderBy'
    enumValues:
      | 'ID_ASC'
      | 'ID_DESC'
      | 'NATURAL'
      | 'PATTERN_ASC'
      | 'PATTERN_DESC'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
  }
  EraseConversationInput: {
    kind: 'INPUT_OBJECT'
    name: 'EraseConversationInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'ticketId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  EraseConversationPayload: {
    kind: 'OBJECT'
    name: 'EraseConversationPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'SCALAR'; name: 'JSON'; ofType: null } }
    }
  }
  ErasePersonalDataInput: {
    kind: 'INPUT_OBJECT'
    name: 'ErasePersonalDataInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'visitorId'; type: { kind: 'SCALAR'; name: 'UUID'; ofType: null }; defaultValue: null },
    ]
  }
  ErasePersonalDataPayload: {
    kind: 'OBJECT'
    name: 'ErasePersonalDataPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'SCALAR'; name: 'JSON'; ofType: null } }
    }
  }
  ExportConversationInput: {
    kind: 'INPUT_OBJECT'
    name: 'ExportConversationInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'ticketId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  ExportConversationPayload: {
    kind: 'OBJECT'
    name: 'ExportConversationPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'SCALAR'; name: 'JSON'; ofType: null } }
    }
  }
  ExportPersonalDataInput: {
    kind: 'INPUT_OBJECT'
    name: 'ExportPersonalDataInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'visitorId'; type: { kind: 'SCALAR'; name: 'UUID'; ofType: null }; defaultValue: null },
    ]
  }
  ExportPersonalDataPayload: {
    kind: 'OBJECT'
    name: 'ExportPersonalDataPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'SCALAR'; name: 'JSON'; ofType: null } }
    }
  }
  FailedResponse: {
    kind: 'OBJECT'
    name: 'FailedResponse'
    fields: {
      analyzed: {
        name: 'analyzed'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } }
      }
      assistantId: { name: 'assistantId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      confidenceScore: { name: 'confidenceScore'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      erasedAt: { name: 'erasedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      expectedCategory: { name: 'expectedCategory'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      expectedSop: { name: 'expectedSop'; type: { kind: 'OBJECT'; name: 'Sop'; ofType: null } }
      expectedSopId: { name: 'expectedSopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      expectedTopic: { name: 'expectedTopic'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      feedbackType: { name: 'feedbackType'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      firstProposals: {
        name: 'firstProposals'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'ImprovementQueueConnection'; ofType: null }
        }
      }
      givenResponse: { name: 'givenResponse'; type: { kind: 'OBJECT'; name: 'Response'; ofType: null } }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      improvementEvidences: {
        name: 'improvementEvidences'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'ImprovementEvidenceConnection'; ofType: null }
        }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      pattern: { name: 'pattern'; type: { kind: 'OBJECT'; name: 'FailurePattern'; ofType: null } }
      patternId: { name: 'patternId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      query: {
        name: 'query'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      reporter: { name: 'reporter'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      resolvedByImprovement: {
        name: 'resolvedByImprovement'
        type: { kind: 'OBJECT'; name: 'ImprovementQueue'; ofType: null }
      }
      resolvedByImprovementId: {
        name: 'resolvedByImprovementId'
        type: { kind: 'SCALAR'; name: 'Int'; ofType: null }
      }
      response: {
        name: 'response'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      responseId: { name: 'responseId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      site: { name: 'site'; type: { kind: 'OBJECT'; name: 'Site'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      userCorrection: { name: 'userCorrection'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      withdrawnAt: { name: 'withdrawnAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
    }
  }
  FailedResponseAggregates: {
    kind: 'OBJECT'
    name: 'FailedResponseAggregates'
    fields: {
      average: {
        name: 'average'
        type: { kind: 'OBJECT'; name: 'FailedResponseAverageAggregates'; ofType: null }
      }
      distinctCount: {
        name: 'distinctCount'
        type: { kind: 'OBJECT'; name: 'FailedResponseDistinctCountAggregates'; ofType: null }
      }
      keys: {
        name: 'keys'
        type: { kind: 'LIST'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      max: { name: 'max'; type: { kind: 'OBJECT'; name: 'FailedResponseMaxAggregates'; ofType: null } }
      min: { name: 'min'; type: { kind: 'OBJECT'; name: 'FailedResponseMinAggregates'; ofType: null } }
      stddevPopulation: {
        name: 'stddevPopulation'
        type: { kind: 'OBJECT'; name: 'FailedResponseStddevPopulationAggregates'; ofType: null }
      }
      stddevSample: {
        name: 'stddevSample'
        type: { kind: 'OBJECT'; name: 'FailedResponseStddevSampleAggregates'; ofType: null }
      }
      sum: { name: 'sum'; type: { kind: 'OBJECT'; name: 'FailedResponseSumAggregates'; ofType: null } }
      variancePopulation: {
        name: 'variancePopulation'
        type: { kind: 'OBJECT'; name: 'FailedResponseVariancePopulationAggregates'; ofType: null }
      }
      varianceSample: {
        name: 'varianceSample'
        type: { kind: 'OBJECT'; name: 'FailedResponseVarianceSampleAggregates'; ofType: null }
      }
    }
  }
  FailedResponseAverageAggregates: {
    kind: 'OBJECT'
    name: 'FailedResponseAverageAggregates'
    fields: {
      confidenceScore: { name: 'confidenceScore'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      expectedSopId: { name: 'expectedSopId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      id: { name: 'id'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      patternId: { name: 'patternId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      resolvedByImprovementId: {
        name: 'resolvedByImprovementId'
        type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null }
      }
      responseId: { name: 'responseId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
    }
  }
  FailedResponseCondition: {
    kind: 'INPUT_OBJECT'
    name: 'FailedResponseCondition'
    isOneOf: false
    inputFields: [
      { name: 'analyzed'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'createdAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'erasedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'expectedSopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'patternId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      {
        name: 'resolvedByImprovementId'
        type: { kind: 'SCALAR'; name: 'Int'; ofType: null }
        defaultValue: null
      },
      { name: 'responseId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'siteId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'withdrawnAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
    ]
  }
  FailedResponseConnection: {
    kind: 'OBJECT'
    name: 'FailedResponseConnection'
    fields: {
      aggregates: {
        name: 'aggregates'
        type: { kind: 'OBJECT'; name: 'FailedResponseAggregates'; ofType: null }
      }
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'FailedResponseEdge'; ofType: null }
          }
        }
      }
      groupedAggregates: {
        name: 'groupedAggregates'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'OBJECT'; name: 'FailedResponseAggregates'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'FailedResponse'; ofType: null }
          }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  FailedResponseDistinctCountAggregates: {
    kind: 'OBJECT'
    name: 'FailedResponseDistinctCountAggregates'
    fields: {
      analyzed: { name: 'analyzed'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      assistantId: { name: 'assistantId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      confidenceScore: { name: 'confidenceScore'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      createdAt: { name: 'createdAt'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      erasedAt: { name: 'erasedAt'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      expectedCategory: { name: 'expectedCategory'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      expectedSopId: { name: 'expectedSopId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      expectedTopic: { name: 'expectedTopic'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      feedbackType: { name: 'feedbackType'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      id: { name: 'id'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      patternId: { name: 'patternId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      query: { name: 'query'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      reporter: { name: 'reporter'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      resolvedByImprovementId: {
        name: 'resolvedByImprovementId'
        type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }
      }
      response: { name: 'response'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      responseId: { name: 'responseId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      userCorrection: { name: 'userCorrection'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      withdrawnAt: { name: 'withdrawnAt'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
    }
  }
  FailedResponseEdge: {
    kind: 'OBJECT'
    name: 'FailedResponseEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'FailedResponse'; ofType: null } }
    }
  }
  FailedResponseFilter: {
    kind: 'INPUT_OBJECT'
    name: 'FailedResponseFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'analyzed'
        type: { kind: 'INPUT_OBJECT'; name: 'BooleanFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'FailedResponseFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'createdAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'erasedAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'expectedSop'
        type: { kind: 'INPUT_OBJECT'; name: 'SopFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'expectedSopExists'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'expectedSopId'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'firstProposals'
        type: { kind: 'INPUT_OBJECT'; name: 'FailedResponseToManyImprovementQueueFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'firstProposalsExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'givenResponse'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'givenResponseExists'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'improvementEvidences'
        type: { kind: 'INPUT_OBJECT'; name: 'FailedResponseToManyImprovementEvidenceFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'improvementEvidencesExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'FailedResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'FailedResponseFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'pattern'
        type: { kind: 'INPUT_OBJECT'; name: 'FailurePatternFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'patternExists'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      {
        name: 'patternId'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'resolvedByImprovement'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'resolvedByImprovementExists'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'resolvedByImprovementId'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'responseId'
        type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'site'; type: { kind: 'INPUT_OBJECT'; name: 'SiteFilter'; ofType: null }; defaultValue: null },
      { name: 'siteExists'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'siteId'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'withdrawnAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  FailedResponseGroupBy: {
    name: 'FailedResponseGroupBy'
    enumValues:
      | 'CREATED_AT'
      | 'CREATED_AT_TRUNCATED_TO_DAY'
      | 'CREATED_AT_TRUNCATED_TO_HOUR'
      | 'EXPECTED_SOP_ID'
      | 'PATTERN_ID'
      | 'RESOLVED_BY_IMPROVEMENT_ID'
      | 'SITE_ID'
  }
  FailedResponseMaxAggregates: {
    kind: 'OBJECT'
    name: 'FailedResponseMaxAggregates'
    fields: {
      confidenceScore: { name: 'confidenceScore'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      expectedSopId: { name: 'expectedSopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      id: { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      patternId: { name: 'patternId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      resolvedByImprovementId: {
        name: 'resolvedByImprovementId'
        type: { kind: 'SCALAR'; name: 'Int'; ofType: null }
      }
      responseId: { name: 'responseId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
    }
  }
  FailedResponseMinAggregates: {
    kind: 'OBJECT'
    name: 'FailedResponseMinAggregates'
    fields: {
      confidenceScore: { name: 'confidenceScore'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      expectedSopId: { name: 'expectedSopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      id: { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      patternId: { name: 'patternId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      resolvedByImprovementId: {
        name: 'resolvedByImprovementId'
        type: { kind: 'SCALAR'; name: 'Int'; ofType: null }
      }
      responseId: { name: 'responseId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
    }
  }
  FailedResponseOrderBy: {
    name: 'FailedResponseOrderBy'
    enumValues:
      | 'CREATED_AT_ASC'
      | 'CREATED_AT_DESC'
      | 'EXPECTED_SOP_ID_ASC'
      | 'EXPECTED_SOP_ID_DESC'
      | 'ID_ASC'
      | 'ID_DESC'
      | 'NATURAL'
      | 'PATTERN_ID_ASC'
      | 'PATTERN_ID_DESC'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'RESOLVED_BY_IMPROVEMENT_ID_ASC'
      | 'RESOLVED_BY_IMPROVEMENT_ID_DESC'
      | 'RESPONSE_ID_ASC'
      | 'RESPONSE_ID_DESC'
      | 'SITE_ID_ASC'
      | 'SITE_ID_DESC'
  }
  FailedResponseStddevPopulationAggregates: {
    kind: 'OBJECT'
    name: 'FailedResponseStddevPopulationAggregates'
    fields: {
      confidenceScore: { name: 'confidenceScore'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      expectedSopId: { name: 'expectedSopId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      id: { name: 'id'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      patternId: { name: 'patternId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      resolvedByImprovementId: {
        name: 'resolvedByImprovementId'
        type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null }
      }
      responseId: { name: 'responseId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
    }
  }
  FailedResponseStddevSampleAggregates: {
    kind: 'OBJECT'
    name: 'FailedResponseStddevSampleAggregates'
    fields: {
      confidenceScore: { name: 'confidenceScore'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      expectedSopId: { name: 'expectedSopId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      id: { name: 'id'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      patternId: { name: 'patternId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      resolvedByImprovementId: {
        name: 'resolvedByImprovementId'
        type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null }
      }
      responseId: { name: 'responseId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
    }
  }
  FailedResponseSumAggregates: {
    kind: 'OBJECT'
    name: 'FailedResponseSumAggregates'
    fields: {
      confidenceScore: {
        name: 'confidenceScore'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      }
      expectedSopId: {
        name: 'expectedSopId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
      patternId: {
        name: 'patternId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
      resolvedByImprovementId: {
        name: 'resolvedByImprovementId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
      responseId: {
        name: 'responseId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      }
      siteId: {
        name: 'siteId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
    }
  }
  FailedResponseToManyImprovementEvidenceFilter: {
    kind: 'INPUT_OBJECT'
    name: 'FailedResponseToManyImprovementEvidenceFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementEvidenceFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementEvidenceFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementEvidenceFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  FailedResponseToManyImprovementQueueFilter: {
    kind: 'INPUT_OBJECT'
    name: 'FailedResponseToManyImprovementQueueFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  FailedResponseVariancePopulationAggregates: {
    kind: 'OBJECT'
    name: 'FailedResponseVariancePopulationAggregates'
    fields: {
      confidenceScore: { name: 'confidenceScore'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      expectedSopId: { name: 'expectedSopId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      id: { name: 'id'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      patternId: { name: 'patternId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      resolvedByImprovementId: {
        name: 'resolvedByImprovementId'
        type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null }
      }
      responseId: { name: 'responseId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
    }
  }
  FailedResponseVarianceSampleAggregates: {
    kind: 'OBJECT'
    name: 'FailedResponseVarianceSampleAggregates'
    fields: {
      confidenceScore: { name: 'confidenceScore'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      expectedSopId: { name: 'expectedSopId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      id: { name: 'id'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      patternId: { name: 'patternId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      resolvedByImprovementId: {
        name: 'resolvedByImprovementId'
        type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null }
      }
      responseId: { name: 'responseId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
    }
  }
  FailurePattern: {
    kind: 'OBJECT'
    name: 'FailurePattern'
    fields: {
      analyst: {
        name: 'analyst'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      category: { name: 'category'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      embeddingModel: { name: 'embeddingModel'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      failedResponsesByPatternId: {
        name: 'failedResponsesByPatternId'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'FailedResponseConnection'; ofType: null }
        }
      }
      firstSeen: {
        name: 'firstSeen'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      improvementQueuesByPatternId: {
        name: 'improvementQueuesByPatternId'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'ImprovementQueueConnection'; ofType: null }
        }
      }
      label: {
        name: 'label'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      lastSeen: {
        name: 'lastSeen'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      size: {
        name: 'size'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      sop: { name: 'sop'; type: { kind: 'OBJECT'; name: 'Sop'; ofType: null } }
      sopId: { name: 'sopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      status: {
        name: 'status'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      topic: { name: 'topic'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      updatedAt: {
        name: 'updatedAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
    }
  }
  FailurePatternCondition: {
    kind: 'INPUT_OBJECT'
    name: 'FailurePatternCondition'
    isOneOf: false
    inputFields: [
      { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'sopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  FailurePatternConnection: {
    kind: 'OBJECT'
    name: 'FailurePatternConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'FailurePatternEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'FailurePattern'; ofType: null }
          }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  FailurePatternEdge: {
    kind: 'OBJECT'
    name: 'FailurePatternEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'FailurePattern'; ofType: null } }
    }
  }
  FailurePatternFilter: {
    kind: 'INPUT_OBJECT'
    name: 'FailurePatternFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'FailurePatternFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'failedResponsesByPatternId'
        type: { kind: 'INPUT_OBJECT'; name: 'FailurePatternToManyFailedResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'failedResponsesByPatternIdExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'improvementQueuesByPatternId'
        type: { kind: 'INPUT_OBJECT'; name: 'FailurePatternToManyImprovementQueueFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'improvementQueuesByPatternIdExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'FailurePatternFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'FailurePatternFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      { name: 'sop'; type: { kind: 'INPUT_OBJECT'; name: 'SopFilter'; ofType: null }; defaultValue: null },
      { name: 'sopExists'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'sopId'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
    ]
  }
  FailurePatternOrderBy: {
    name: 'FailurePatternOrderBy'
    enumValues:
      | 'ID_ASC'
      | 'ID_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'SOP_ID_ASC'
      | 'SOP_ID_DESC'
  }
  FailurePatternToManyFailedResponseFilter: {
    kind: 'INPUT_OBJECT'
    name: 'FailurePatternToManyFailedResponseFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'FailedResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'FailedResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'FailedResponseFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  FailurePatternToManyImprovementQueueFilter: {
    kind: 'INPUT_OBJECT'
    name: 'FailurePatternToManyImprovementQueueFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  Float: unknown
  FloatFilter: {
    kind: 'INPUT_OBJECT'
    name: 'FloatFilter'
    isOneOf: false
    inputFields: [
      { name: 'distinctFrom'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null }; defaultValue: null },
      { name: 'equalTo'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null }; defaultValue: null },
      { name: 'greaterThan'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null }; defaultValue: null },
      {
        name: 'greaterThanOrEqualTo'
        type: { kind: 'SCALAR'; name: 'Float'; ofType: null }
        defaultValue: null
      },
      {
        name: 'in'
        type: {
          kind: 'LIST'
          name: never
          ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
        }
        defaultValue: null
      },
      { name: 'isNull'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'lessThan'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null }; defaultValue: null },
      {
        name: 'lessThanOrEqualTo'
        type: { kind: 'SCALAR'; name: 'Float'; ofType: null }
        defaultValue: null
      },
      { name: 'notDistinctFrom'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null }; defaultValue: null },
      { name: 'notEqualTo'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null }; defaultValue: null },
      {
        name: 'notIn'
        type: {
          kind: 'LIST'
          name: never
          ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
        }
        defaultValue: null
      },
    ]
  }
  HandBackInput: {
    kind: 'INPUT_OBJECT'
    name: 'HandBackInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'ticketId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  HandBackPayload: {
    kind: 'OBJECT'
    name: 'HandBackPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'Ticket'; ofType: null } }
      ticketEdge: { name: 'ticketEdge'; type: { kind: 'OBJECT'; name: 'TicketEdge'; ofType: null } }
    }
  }
  ID: unknown
  ImportSopVersionInput: {
    kind: 'INPUT_OBJECT'
    name: 'ImportSopVersionInput'
    isOneOf: false
    inputFields: [
      { name: 'at'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'author'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'category'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'content'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'renamedFromCategory'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      {
        name: 'renamedFromSection'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'section'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  ImportSopVersionPayload: {
    kind: 'OBJECT'
    name: 'ImportSopVersionPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'Sop'; ofType: null } }
      sopEdge: { name: 'sopEdge'; type: { kind: 'OBJECT'; name: 'SopEdge'; ofType: null } }
    }
  }
  ImprovementEvidence: {
    kind: 'OBJECT'
    name: 'ImprovementEvidence'
    fields: {
      failedResponse: {
        name: 'failedResponse'
        type: { kind: 'OBJECT'; name: 'FailedResponse'; ofType: null }
      }
      failedResponseId: {
        name: 'failedResponseId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      improvement: { name: 'improvement'; type: { kind: 'OBJECT'; name: 'ImprovementQueue'; ofType: null } }
      improvementId: {
        name: 'improvementId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
    }
  }
  ImprovementEvidenceCondition: {
    kind: 'INPUT_OBJECT'
    name: 'ImprovementEvidenceCondition'
    isOneOf: false
    inputFields: [
      { name: 'failedResponseId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'improvementId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  ImprovementEvidenceConnection: {
    kind: 'OBJECT'
    name: 'ImprovementEvidenceConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'ImprovementEvidenceEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'ImprovementEvidence'; ofType: null }
          }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  ImprovementEvidenceEdge: {
    kind: 'OBJECT'
    name: 'ImprovementEvidenceEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'ImprovementEvidence'; ofType: null } }
    }
  }
  ImprovementEvidenceFilter: {
    kind: 'INPUT_OBJECT'
    name: 'ImprovementEvidenceFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'ImprovementEvidenceFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'failedResponse'
        type: { kind: 'INPUT_OBJECT'; name: 'FailedResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'failedResponseId'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'improvement'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'improvementId'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementEvidenceFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'ImprovementEvidenceFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
    ]
  }
  ImprovementEvidenceOrderBy: {
    name: 'ImprovementEvidenceOrderBy'
    enumValues:
      | 'FAILED_RESPONSE_ID_ASC'
      | 'FAILED_RESPONSE_ID_DESC'
      | 'IMPROVEMENT_ID_ASC'
      | 'IMPROVEMENT_ID_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
  }
  ImprovementQueue: {
    kind: 'OBJECT'
    name: 'ImprovementQueue'
    fields: {
      appliedAt: { name: 'appliedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      approvedBy: { name: 'approvedBy'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      baseVersion: { name: 'baseVersion'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      decisionReason: { name: 'decisionReason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      dryRun: { name: 'dryRun'; type: { kind: 'SCALAR'; name: 'JSON'; ofType: null } }
      failedResponse: {
        name: 'failedResponse'
        type: { kind: 'OBJECT'; name: 'FailedResponse'; ofType: null }
      }
      failedResponseId: { name: 'failedResponseId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      failedResponsesByResolvedByImprovementId: {
        name: 'failedResponsesByResolvedByImprovementId'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'FailedResponseConnection'; ofType: null }
        }
      }
      fingerprint: {
        name: 'fingerprint'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'SCALAR'; name: 'Base64EncodedBinary'; ofType: null }
        }
      }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      impact: {
        name: 'impact'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      }
      improvementEvidencesByImprovementId: {
        name: 'improvementEvidencesByImprovementId'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'ImprovementEvidenceConnection'; ofType: null }
        }
      }
      kind: {
        name: 'kind'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      knowledgeBasesByImprovementId: {
        name: 'knowledgeBasesByImprovementId'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'KnowledgeBaseConnection'; ofType: null }
        }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      pattern: { name: 'pattern'; type: { kind: 'OBJECT'; name: 'FailurePattern'; ofType: null } }
      patternId: { name: 'patternId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      proposedBy: {
        name: 'proposedBy'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      rejectedAt: { name: 'rejectedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      rejectedBy: { name: 'rejectedBy'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      rejectionReason: { name: 'rejectionReason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      sop: { name: 'sop'; type: { kind: 'OBJECT'; name: 'Sop'; ofType: null } }
      sopId: { name: 'sopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      sopVersionsByImprovementId: {
        name: 'sopVersionsByImprovementId'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'SopVersionConnection'; ofType: null }
        }
      }
      status: {
        name: 'status'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      suggestedSopUpdate: {
        name: 'suggestedSopUpdate'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'JSON'; ofType: null } }
      }
      updatedAt: {
        name: 'updatedAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
    }
  }
  ImprovementQueueCondition: {
    kind: 'INPUT_OBJECT'
    name: 'ImprovementQueueCondition'
    isOneOf: false
    inputFields: [
      { name: 'createdAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'failedResponseId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'impact'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null }; defaultValue: null },
      { name: 'patternId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'sopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'status'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  ImprovementQueueConnection: {
    kind: 'OBJECT'
    name: 'ImprovementQueueConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'ImprovementQueueEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'ImprovementQueue'; ofType: null }
          }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  ImprovementQueueEdge: {
    kind: 'OBJECT'
    name: 'ImprovementQueueEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'ImprovementQueue'; ofType: null } }
    }
  }
  ImprovementQueueFilter: {
    kind: 'INPUT_OBJECT'
    name: 'ImprovementQueueFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'createdAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'failedResponse'
        type: { kind: 'INPUT_OBJECT'; name: 'FailedResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'failedResponseExists'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'failedResponseId'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'failedResponsesByResolvedByImprovementId'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueToManyFailedResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'failedResponsesByResolvedByImprovementIdExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'impact'
        type: { kind: 'INPUT_OBJECT'; name: 'FloatFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'improvementEvidencesByImprovementId'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueToManyImprovementEvidenceFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'improvementEvidencesByImprovementIdExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'knowledgeBasesByImprovementId'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueToManyKnowledgeBaseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'knowledgeBasesByImprovementIdExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'pattern'
        type: { kind: 'INPUT_OBJECT'; name: 'FailurePatternFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'patternExists'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      {
        name: 'patternId'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'sop'; type: { kind: 'INPUT_OBJECT'; name: 'SopFilter'; ofType: null }; defaultValue: null },
      { name: 'sopExists'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'sopId'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'sopVersionsByImprovementId'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueToManySopVersionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'sopVersionsByImprovementIdExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'status'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  ImprovementQueueOrderBy: {
    name: 'ImprovementQueueOrderBy'
    enumValues:
      | 'CREATED_AT_ASC'
      | 'CREATED_AT_DESC'
      | 'FAILED_RESPONSE_ID_ASC'
      | 'FAILED_RESPONSE_ID_DESC'
      | 'ID_ASC'
      | 'ID_DESC'
      | 'IMPACT_ASC'
      | 'IMPACT_DESC'
      | 'NATURAL'
      | 'PATTERN_ID_ASC'
      | 'PATTERN_ID_DESC'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'SOP_ID_ASC'
      | 'SOP_ID_DESC'
      | 'STATUS_ASC'
      | 'STATUS_DESC'
  }
  ImprovementQueueToManyFailedResponseFilter: {
    kind: 'INPUT_OBJECT'
    name: 'ImprovementQueueToManyFailedResponseFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'FailedResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'FailedResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'FailedResponseFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  ImprovementQueueToManyImprovementEvidenceFilter: {
    kind: 'INPUT_OBJECT'
    name: 'ImprovementQueueToManyImprovementEvidenceFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementEvidenceFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementEvidenceFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementEvidenceFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  ImprovementQueueToManyKnowledgeBaseFilter: {
    kind: 'INPUT_OBJECT'
    name: 'ImprovementQueueToManyKnowledgeBaseFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'KnowledgeBaseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'KnowledgeBaseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'KnowledgeBaseFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  ImprovementQueueToManySopVersionFilter: {
    kind: 'INPUT_OBJECT'
    name: 'ImprovementQueueToManySopVersionFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'SopVersionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'SopVersionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'SopVersionFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  Int: unknown
  IntFilter: {
    kind: 'INPUT_OBJECT'
    name: 'IntFilter'
    isOneOf: false
    inputFields: [
      { name: 'distinctFrom'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'equalTo'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'greaterThan'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      {
        name: 'greaterThanOrEqualTo'
        type: { kind: 'SCALAR'; name: 'Int'; ofType: null }
        defaultValue: null
      },
      {
        name: 'in'
        type: {
          kind: 'LIST'
          name: never
          ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
        }
        defaultValue: null
      },
      { name: 'isNull'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'lessThan'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'lessThanOrEqualTo'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'notDistinctFrom'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'notEqualTo'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      {
        name: 'notIn'
        type: {
          kind: 'LIST'
          name: never
          ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
        }
        defaultValue: null
      },
    ]
  }
  Interval: {
    kind: 'OBJECT'
    name: 'Interval'
    fields: {
      days: { name: 'days'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      hours: { name: 'hours'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      minutes: { name: 'minutes'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      months: { name: 'months'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      seconds: { name: 'seconds'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      years: { name: 'years'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
    }
  }
  IntervalInput: {
    kind: 'INPUT_OBJECT'
    name: 'IntervalInput'
    isOneOf: false
    inputFields: [
      { name: 'days'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'hours'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'minutes'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'months'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'seconds'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null }; defaultValue: null },
      { name: 'years'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  InviteUserInput: {
    kind: 'INPUT_OBJECT'
    name: 'InviteUserInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'userId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  InviteUserPayload: {
    kind: 'OBJECT'
    name: 'InviteUserPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'User'; ofType: null } }
      userEdge: { name: 'userEdge'; type: { kind: 'OBJECT'; name: 'UserEdge'; ofType: null } }
    }
  }
  IssuedToken: {
    kind: 'OBJECT'
    name: 'IssuedToken'
    fields: {
      expiresAt: { name: 'expiresAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      id: { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      name: { name: 'name'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      role: { name: 'role'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      token: { name: 'token'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
    }
  }
  IssuedWebhook: {
    kind: 'OBJECT'
    name: 'IssuedWebhook'
    fields: {
      events: {
        name: 'events'
        type: { kind: 'LIST'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      id: { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      signingKey: { name: 'signingKey'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      url: { name: 'url'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
    }
  }
  JSON: unknown
  KnowledgeBase: {
    kind: 'OBJECT'
    name: 'KnowledgeBase'
    fields: {
      answer: {
        name: 'answer'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      answerHtml: { name: 'answerHtml'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      category: {
        name: 'category'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      embeddingModel: { name: 'embeddingModel'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      improvement: { name: 'improvement'; type: { kind: 'OBJECT'; name: 'ImprovementQueue'; ofType: null } }
      improvementId: { name: 'improvementId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      learnedFrom: { name: 'learnedFrom'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      question: {
        name: 'question'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      responseByLearnedFrom: {
        name: 'responseByLearnedFrom'
        type: { kind: 'OBJECT'; name: 'Response'; ofType: null }
      }
      site: { name: 'site'; type: { kind: 'OBJECT'; name: 'Site'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      sop: { name: 'sop'; type: { kind: 'OBJECT'; name: 'Sop'; ofType: null } }
      sopId: { name: 'sopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      source: { name: 'source'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      successCount: {
        name: 'successCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      successRate: { name: 'successRate'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      topic: {
        name: 'topic'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      trust: {
        name: 'trust'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      updatedAt: {
        name: 'updatedAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      usageCount: {
        name: 'usageCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      validFrom: { name: 'validFrom'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      validTo: { name: 'validTo'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
    }
  }
  KnowledgeBaseCondition: {
    kind: 'INPUT_OBJECT'
    name: 'KnowledgeBaseCondition'
    isOneOf: false
    inputFields: [
      { name: 'category'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'improvementId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'learnedFrom'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'question'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'siteId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'sopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'topic'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  KnowledgeBaseConnection: {
    kind: 'OBJECT'
    name: 'KnowledgeBaseConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'KnowledgeBaseEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'KnowledgeBase'; ofType: null }
          }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  KnowledgeBaseEdge: {
    kind: 'OBJECT'
    name: 'KnowledgeBaseEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'KnowledgeBase'; ofType: null } }
    }
  }
  KnowledgeBaseFilter: {
    kind: 'INPUT_OBJECT'
    name: 'KnowledgeBaseFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'KnowledgeBaseFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'category'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'improvement'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'improvementExists'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'improvementId'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'learnedFrom'
        type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'KnowledgeBaseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'KnowledgeBaseFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'question'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'responseByLearnedFrom'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'responseByLearnedFromExists'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      { name: 'site'; type: { kind: 'INPUT_OBJECT'; name: 'SiteFilter'; ofType: null }; defaultValue: null },
      { name: 'siteExists'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'siteId'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      { name: 'sop'; type: { kind: 'INPUT_OBJECT'; name: 'SopFilter'; ofType: null }; defaultValue: null },
      { name: 'sopExists'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'sopId'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'topic'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  KnowledgeBaseOrderBy: {
    name: 'KnowledgeBaseOrderBy'
    enumValues:
      | 'CATEGORY_ASC'
      | 'CATEGORY_DESC'
      | 'ID_ASC'
      | 'ID_DESC'
      | 'IMPROVEMENT_ID_ASC'
      | 'IMPROVEMENT_ID_DESC'
      | 'LEARNED_FROM_ASC'
      | 'LEARNED_FROM_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'QUESTION_ASC'
      | 'QUESTION_DESC'
      | 'SITE_ID_ASC'
      | 'SITE_ID_DESC'
      | 'SOP_ID_ASC'
      | 'SOP_ID_DESC'
      | 'TOPIC_ASC'
      | 'TOPIC_DESC'
  }
  KnowledgeHealth: {
    kind: 'OBJECT'
    name: 'KnowledgeHealth'
    fields: {
      category: { name: 'category'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      health: { name: 'health'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      knowledgeId: { name: 'knowledgeId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      question: { name: 'question'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      source: { name: 'source'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      successRate: { name: 'successRate'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      topic: { name: 'topic'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      trust: { name: 'trust'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      updatedAt: { name: 'updatedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      usageCount: { name: 'usageCount'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
    }
  }
  KnowledgeHealthCondition: {
    kind: 'INPUT_OBJECT'
    name: 'KnowledgeHealthCondition'
    isOneOf: false
    inputFields: [
      { name: 'category'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'health'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'knowledgeId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'question'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'source'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'successRate'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null }; defaultValue: null },
      { name: 'topic'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'trust'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'updatedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'usageCount'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  KnowledgeHealthConnection: {
    kind: 'OBJECT'
    name: 'KnowledgeHealthConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'KnowledgeHealthEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'KnowledgeHealth'; ofType: null }
          }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  KnowledgeHealthEdge: {
    kind: 'OBJECT'
    name: 'KnowledgeHealthEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'KnowledgeHealth'; ofType: null } }
    }
  }
  KnowledgeHealthFilter: {
    kind: 'INPUT_OBJECT'
    name: 'KnowledgeHealthFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'KnowledgeHealthFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'category'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'health'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'knowledgeId'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'KnowledgeHealthFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'KnowledgeHealthFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'question'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'source'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'successRate'
        type: { kind: 'INPUT_OBJECT'; name: 'FloatFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'topic'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'trust'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'updatedAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'usageCount'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  KnowledgeHealthOrderBy: {
    name: 'KnowledgeHealthOrderBy'
    enumValues:
      | 'CATEGORY_ASC'
      | 'CATEGORY_DESC'
      | 'HEALTH_ASC'
      | 'HEALTH_DESC'
      | 'KNOWLEDGE_ID_ASC'
      | 'KNOWLEDGE_ID_DESC'
      | 'NATURAL'
      | 'QUESTION_ASC'
      | 'QUESTION_DESC'
      | 'SOURCE_ASC'
      | 'SOURCE_DESC'
      | 'SUCCESS_RATE_ASC'
      | 'SUCCESS_RATE_DESC'
      | 'TOPIC_ASC'
      | 'TOPIC_DESC'
      | 'TRUST_ASC'
      | 'TRUST_DESC'
      | 'UPDATED_AT_ASC'
      | 'UPDATED_AT_DESC'
      | 'USAGE_COUNT_ASC'
      | 'USAGE_COUNT_DESC'
  }
  LlmCall: {
    kind: 'OBJECT'
    name: 'LlmCall'
    fields: {
      cost: { name: 'cost'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
      latencyMs: { name: 'latencyMs'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      model: {
        name: 'model'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      purpose: {
        name: 'purpose'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      requestId: { name: 'requestId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      response: { name: 'response'; type: { kind: 'OBJECT'; name: 'Response'; ofType: null } }
      responseId: { name: 'responseId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      status: {
        name: 'status'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      tokensCached: { name: 'tokensCached'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      tokensIn: { name: 'tokensIn'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      tokensOut: { name: 'tokensOut'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
    }
  }
  LlmCallCondition: {
    kind: 'INPUT_OBJECT'
    name: 'LlmCallCondition'
    isOneOf: false
    inputFields: [
      { name: 'createdAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'id'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'responseId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
    ]
  }
  LlmCallConnection: {
    kind: 'OBJECT'
    name: 'LlmCallConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'LlmCallEdge'; ofType: null } }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'LlmCall'; ofType: null } }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  LlmCallEdge: {
    kind: 'OBJECT'
    name: 'LlmCallEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'LlmCall'; ofType: null } }
    }
  }
  LlmCallFilter: {
    kind: 'INPUT_OBJECT'
    name: 'LlmCallFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'LlmCallFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'createdAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'LlmCallFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'LlmCallFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'response'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'responseExists'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      {
        name: 'responseId'
        type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  LlmCallOrderBy: {
    name: 'LlmCallOrderBy'
    enumValues:
      | 'CREATED_AT_ASC'
      | 'CREATED_AT_DESC'
      | 'ID_ASC'
      | 'ID_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'RESPONSE_ID_ASC'
      | 'RESPONSE_ID_DESC'
  }
  MarkHelpfulInput: {
    kind: 'INPUT_OBJECT'
    name: 'MarkHelpfulInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'responseId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
    ]
  }
  MarkHelpfulPayload: {
    kind: 'OBJECT'
    name: 'MarkHelpfulPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      responseEdge: { name: 'responseEdge'; type: { kind: 'OBJECT'; name: 'ResponseEdge'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'Response'; ofType: null } }
    }
  }
  MarkUnhelpfulInput: {
    kind: 'INPUT_OBJECT'
    name: 'MarkUnhelpfulInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      {
        name: 'expectedCategory'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'expectedSopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'expectedTopic'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'feedbackType'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'responseId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'userCorrection'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  MarkUnhelpfulPayload: {
    kind: 'OBJECT'
    name: 'MarkUnhelpfulPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      responseEdge: { name: 'responseEdge'; type: { kind: 'OBJECT'; name: 'ResponseEdge'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'Response'; ofType: null } }
    }
  }
  Message: {
    kind: 'OBJECT'
    name: 'Message'
    fields: {
      author: { name: 'author'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      authorKind: {
        name: 'authorKind'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      body: {
        name: 'body'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      bodyHtml: { name: 'bodyHtml'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      response: { name: 'response'; type: { kind: 'OBJECT'; name: 'Response'; ofType: null } }
      responseId: { name: 'responseId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      ticket: { name: 'ticket'; type: { kind: 'OBJECT'; name: 'Ticket'; ofType: null } }
      ticketId: {
        name: 'ticketId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  MessageCondition: {
    kind: 'INPUT_OBJECT'
    name: 'MessageCondition'
    isOneOf: false
    inputFields: [
      { name: 'id'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'responseId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'ticketId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  MessageConnection: {
    kind: 'OBJECT'
    name: 'MessageConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'MessageEdge'; ofType: null } }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'Message'; ofType: null } }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  MessageEdge: {
    kind: 'OBJECT'
    name: 'MessageEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'Message'; ofType: null } }
    }
  }
  MessageFilter: {
    kind: 'INPUT_OBJECT'
    name: 'MessageFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'MessageFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'MessageFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'MessageFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'response'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'responseExists'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      {
        name: 'responseId'
        type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'ticket'
        type: { kind: 'INPUT_OBJECT'; name: 'TicketFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'ticketId'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  MessageOrderBy: {
    name: 'MessageOrderBy'
    enumValues:
      | 'ID_ASC'
      | 'ID_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'RESPONSE_ID_ASC'
      | 'RESPONSE_ID_DESC'
      | 'TICKET_ID_ASC'
      | 'TICKET_ID_DESC'
  }
  Mutation: {
    kind: 'OBJECT'
    name: 'Mutation'
    fields: {
      approveImprovement: {
        name: 'approveImprovement'
        type: { kind: 'OBJECT'; name: 'ApproveImprovementPayload'; ofType: null }
      }
      archiveSop: { name: 'archiveSop'; type: { kind: 'OBJECT'; name: 'ArchiveSopPayload'; ofType: null } }
      ask: { name: 'ask'; type: { kind: 'OBJECT'; name: 'AskPayload'; ofType: null } }
      createApiToken: {
        name: 'createApiToken'
        type: { kind: 'OBJECT'; name: 'CreateApiTokenPayload'; ofType: null }
      }
      createUser: { name: 'createUser'; type: { kind: 'OBJECT'; name: 'CreateUserPayload'; ofType: null } }
      createWebhook: {
        name: 'createWebhook'
        type: { kind: 'OBJECT'; name: 'CreateWebhookPayload'; ofType: null }
      }
      deactivateUser: {
        name: 'deactivateUser'
        type: { kind: 'OBJECT'; name: 'DeactivateUserPayload'; ofType: null }
      }
      deleteWebhook: {
        name: 'deleteWebhook'
        type: { kind: 'OBJECT'; name: 'DeleteWebhookPayload'; ofType: null }
      }
      discardJob: { name: 'discardJob'; type: { kind: 'OBJECT'; name: 'DiscardJobPayload'; ofType: null } }
      eraseConversation: {
        name: 'eraseConversation'
        type: { kind: 'OBJECT'; name: 'EraseConversationPayload'; ofType: null }
      }
      erasePersonalData: {
        name: 'erasePersonalData'
        type: { kind: 'OBJECT'; name: 'ErasePersonalDataPayload'; ofType: null }
      }
      exportConversation: {
        name: 'exportConversation'
        type: { kind: 'OBJECT'; name: 'ExportConversationPayload'; ofType: null }
      }
      exportPersonalData: {
        name: 'exportPersonalData'
        type: { kind: 'OBJECT'; name: 'ExportPersonalDataPayload'; ofType: null }
      }
      handBack: { name: 'handBack'; type: { kind: 'OBJECT'; name: 'HandBackPayload'; ofType: null } }
      importSopVersion: {
        name: 'importSopVersion'
        type: { kind: 'OBJECT'; name: 'ImportSopVersionPayload'; ofType: null }
      }
      inviteUser: { name: 'inviteUser'; type: { kind: 'OBJECT'; name: 'InviteUserPayload'; ofType: null } }
      markHelpful: { name: 'markHelpful'; type: { kind: 'OBJECT'; name: 'MarkHelpfulPayload'; ofType: null } }
      markUnhelpful: {
        name: 'markUnhelpful'
        type: { kind: 'OBJECT'; name: 'MarkUnhelpfulPayload'; ofType: null }
      }
      previewImprovement: {
        name: 'previewImprovement'
        type: { kind: 'OBJECT'; name: 'PreviewImprovementPayload'; ofType: null }
      }
      proposeImprovement: {
        name: 'proposeImprovement'
        type: { kind: 'OBJECT'; name: 'ProposeImprovementPayload'; ofType: null }
      }
      rejectImprovement: {
        name: 'rejectImprovement'
        type: { kind: 'OBJECT'; name: 'RejectImprovementPayload'; ofType: null }
      }
      reply: { name: 'reply'; type: { kind: 'OBJECT'; name: 'ReplyPayload'; ofType: null } }
      requestAnalysis: {
        name: 'requestAnalysis'
        type: { kind: 'OBJECT'; name: 'RequestAnalysisPayload'; ofType: null }
      }
      resolveTicket: {
        name: 'resolveTicket'
        type: { kind: 'OBJECT'; name: 'ResolveTicketPayload'; ofType: null }
      }
      retryJob: { name: 'retryJob'; type: { kind: 'OBJECT'; name: 'RetryJobPayload'; ofType: null } }
      revokeApiToken: {
        name: 'revokeApiToken'
        type: { kind: 'OBJECT'; name: 'RevokeApiTokenPayload'; ofType: null }
      }
      revokeSession: {
        name: 'revokeSession'
        type: { kind: 'OBJECT'; name: 'RevokeSessionPayload'; ofType: null }
      }
      rollbackSop: { name: 'rollbackSop'; type: { kind: 'OBJECT'; name: 'RollbackSopPayload'; ofType: null } }
      saveKnowledge: {
        name: 'saveKnowledge'
        type: { kind: 'OBJECT'; name: 'SaveKnowledgePayload'; ofType: null }
      }
      saveSop: { name: 'saveSop'; type: { kind: 'OBJECT'; name: 'SaveSopPayload'; ofType: null } }
      setAssistantEnabled: {
        name: 'setAssistantEnabled'
        type: { kind: 'OBJECT'; name: 'SetAssistantEnabledPayload'; ofType: null }
      }
      setRetention: {
        name: 'setRetention'
        type: { kind: 'OBJECT'; name: 'SetRetentionPayload'; ofType: null }
      }
      startConversation: {
        name: 'startConversation'
        type: { kind: 'OBJECT'; name: 'StartConversationPayload'; ofType: null }
      }
      takeOver: { name: 'takeOver'; type: { kind: 'OBJECT'; name: 'TakeOverPayload'; ofType: null } }
    }
  }
  Node: {
    kind: 'INTERFACE'
    name: 'Node'
    fields: {
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
    }
    possibleTypes:
      | 'ApiToken'
      | 'AuditHead'
      | 'AuditLog'
      | 'ClubSetting'
      | 'DeadJob'
      | 'EmergencySignal'
      | 'FailedResponse'
      | 'FailurePattern'
      | 'ImprovementEvidence'
      | 'ImprovementQueue'
      | 'KnowledgeBase'
      | 'LlmCall'
      | 'Message'
      | 'Notification'
      | 'PrivacyAction'
      | 'Prompt'
      | 'PromptVersion'
      | 'Query'
      | 'Response'
      | 'ResponseSource'
      | 'RetentionRule'
      | 'RetentionRun'
      | 'Session'
      | 'Site'
      | 'Sop'
      | 'SopVersion'
      | 'Ticket'
      | 'User'
      | 'Webhook'
  }
  Notification: {
    kind: 'OBJECT'
    name: 'Notification'
    fields: {
      attempts: {
        name: 'attempts'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      channel: {
        name: 'channel'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      details: {
        name: 'details'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'JSON'; ofType: null } }
      }
      error: { name: 'error'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
      key: { name: 'key'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      kind: {
        name: 'kind'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      recipient: { name: 'recipient'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      sentAt: { name: 'sentAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      status: {
        name: 'status'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      user: { name: 'user'; type: { kind: 'OBJECT'; name: 'User'; ofType: null } }
      userId: { name: 'userId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      webhook: { name: 'webhook'; type: { kind: 'OBJECT'; name: 'Webhook'; ofType: null } }
      webhookId: { name: 'webhookId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
    }
  }
  NotificationCondition: {
    kind: 'INPUT_OBJECT'
    name: 'NotificationCondition'
    isOneOf: false
    inputFields: [
      { name: 'channel'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'createdAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'id'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'key'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'userId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'webhookId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  NotificationConnection: {
    kind: 'OBJECT'
    name: 'NotificationConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'NotificationEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'Notification'; ofType: null }
          }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  NotificationEdge: {
    kind: 'OBJECT'
    name: 'NotificationEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'Notification'; ofType: null } }
    }
  }
  NotificationFilter: {
    kind: 'INPUT_OBJECT'
    name: 'NotificationFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'NotificationFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'channel'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'createdAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }; defaultValue: null },
      { name: 'key'; type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }; defaultValue: null },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'NotificationFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'NotificationFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      { name: 'user'; type: { kind: 'INPUT_OBJECT'; name: 'UserFilter'; ofType: null }; defaultValue: null },
      { name: 'userExists'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'userId'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'webhook'
        type: { kind: 'INPUT_OBJECT'; name: 'WebhookFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'webhookExists'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      {
        name: 'webhookId'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  NotificationOrderBy: {
    name: 'NotificationOrderBy'
    enumValues:
      | 'CHANNEL_ASC'
      | 'CHANNEL_DESC'
      | 'CREATED_AT_ASC'
      | 'CREATED_AT_DESC'
      | 'ID_ASC'
      | 'ID_DESC'
      | 'KEY_ASC'
      | 'KEY_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'USER_ID_ASC'
      | 'USER_ID_DESC'
      | 'WEBHOOK_ID_ASC'
      | 'WEBHOOK_ID_DESC'
  }
  PageInfo: {
    kind: 'OBJECT'
    name: 'PageInfo'
    fields: {
      endCursor: { name: 'endCursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      hasNextPage: {
        name: 'hasNextPage'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } }
      }
      hasPreviousPage: {
        name: 'hasPreviousPage'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } }
      }
      startCursor: { name: 'startCursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
    }
  }
  PreviewImprovementInput: {
    kind: 'INPUT_OBJECT'
    name: 'PreviewImprovementInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  PreviewImprovementPayload: {
    kind: 'OBJECT'
    name: 'PreviewImprovementPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'SCALAR'; name: 'JSON'; ofType: null } }
    }
  }
  PrivacyAction: {
    kind: 'OBJECT'
    name: 'PrivacyAction'
    fields: {
      actor: {
        name: 'actor'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      counts: {
        name: 'counts'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'JSON'; ofType: null } }
      }
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      finishedAt: { name: 'finishedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
      kind: {
        name: 'kind'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      reason: { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      reference: {
        name: 'reference'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      transactionId: {
        name: 'transactionId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
    }
  }
  PrivacyActionCondition: {
    kind: 'INPUT_OBJECT'
    name: 'PrivacyActionCondition'
    isOneOf: false
    inputFields: [
      { name: 'createdAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'id'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
    ]
  }
  PrivacyActionConnection: {
    kind: 'OBJECT'
    name: 'PrivacyActionConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'PrivacyActionEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'PrivacyAction'; ofType: null }
          }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  PrivacyActionEdge: {
    kind: 'OBJECT'
    name: 'PrivacyActionEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'PrivacyAction'; ofType: null } }
    }
  }
  PrivacyActionFilter: {
    kind: 'INPUT_OBJECT'
    name: 'PrivacyActionFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'PrivacyActionFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'createdAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'PrivacyActionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'PrivacyActionFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
    ]
  }
  PrivacyActionOrderBy: {
    name: 'PrivacyActionOrderBy'
    enumValues:
      | 'CREATED_AT_ASC'
      | 'CREATED_AT_DESC'
      | 'ID_ASC'
      | 'ID_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
  }
  Prompt: {
    kind: 'OBJECT'
    name: 'Prompt'
    fields: {
      content: {
        name: 'content'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      name: {
        name: 'name'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      promptVersions: {
        name: 'promptVersions'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'PromptVersionConnection'; ofType: null }
        }
      }
      updatedAt: {
        name: 'updatedAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      version: {
        name: 'version'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  PromptCondition: {
    kind: 'INPUT_OBJECT'
    name: 'PromptCondition'
    isOneOf: false
    inputFields: [
      { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'name'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  PromptConnection: {
    kind: 'OBJECT'
    name: 'PromptConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'PromptEdge'; ofType: null } }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'Prompt'; ofType: null } }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  PromptEdge: {
    kind: 'OBJECT'
    name: 'PromptEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'Prompt'; ofType: null } }
    }
  }
  PromptFilter: {
    kind: 'INPUT_OBJECT'
    name: 'PromptFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'PromptFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'name'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'not'; type: { kind: 'INPUT_OBJECT'; name: 'PromptFilter'; ofType: null }; defaultValue: null },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'PromptFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'promptVersions'
        type: { kind: 'INPUT_OBJECT'; name: 'PromptToManyPromptVersionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'promptVersionsExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
    ]
  }
  PromptOrderBy: {
    name: 'PromptOrderBy'
    enumValues:
      | 'ID_ASC'
      | 'ID_DESC'
      | 'NAME_ASC'
      | 'NAME_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
  }
  PromptToManyPromptVersionFilter: {
    kind: 'INPUT_OBJECT'
    name: 'PromptToManyPromptVersionFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'PromptVersionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'PromptVersionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'PromptVersionFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  PromptVersion: {
    kind: 'OBJECT'
    name: 'PromptVersion'
    fields: {
      changeReason: {
        name: 'changeReason'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      changedBy: {
        name: 'changedBy'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      content: {
        name: 'content'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      prompt: { name: 'prompt'; type: { kind: 'OBJECT'; name: 'Prompt'; ofType: null } }
      promptId: {
        name: 'promptId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      responses: {
        name: 'responses'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'ResponseConnection'; ofType: null }
        }
      }
      version: {
        name: 'version'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  PromptVersionCondition: {
    kind: 'INPUT_OBJECT'
    name: 'PromptVersionCondition'
    isOneOf: false
    inputFields: [
      { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'promptId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'version'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  PromptVersionConnection: {
    kind: 'OBJECT'
    name: 'PromptVersionConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'PromptVersionEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'PromptVersion'; ofType: null }
          }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  PromptVersionEdge: {
    kind: 'OBJECT'
    name: 'PromptVersionEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'PromptVersion'; ofType: null } }
    }
  }
  PromptVersionFilter: {
    kind: 'INPUT_OBJECT'
    name: 'PromptVersionFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'PromptVersionFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'PromptVersionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'PromptVersionFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'prompt'
        type: { kind: 'INPUT_OBJECT'; name: 'PromptFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'promptId'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'responses'
        type: { kind: 'INPUT_OBJECT'; name: 'PromptVersionToManyResponseFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'responsesExist'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      {
        name: 'version'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  PromptVersionOrderBy: {
    name: 'PromptVersionOrderBy'
    enumValues:
      | 'ID_ASC'
      | 'ID_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'PROMPT_ID_ASC'
      | 'PROMPT_ID_DESC'
      | 'VERSION_ASC'
      | 'VERSION_DESC'
  }
  PromptVersionToManyResponseFilter: {
    kind: 'INPUT_OBJECT'
    name: 'PromptVersionToManyResponseFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  ProposeImprovementInput: {
    kind: 'INPUT_OBJECT'
    name: 'ProposeImprovementInput'
    isOneOf: false
    inputFields: [
      { name: 'baseVersion'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      {
        name: 'failedResponseIds'
        type: { kind: 'LIST'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
        defaultValue: null
      },
      { name: 'impact'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null }; defaultValue: null },
      { name: 'kind'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'patternId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'proposedBy'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'suggestion'; type: { kind: 'SCALAR'; name: 'JSON'; ofType: null }; defaultValue: null },
    ]
  }
  ProposeImprovementPayload: {
    kind: 'OBJECT'
    name: 'ProposeImprovementPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      improvementQueueEdge: {
        name: 'improvementQueueEdge'
        type: { kind: 'OBJECT'; name: 'ImprovementQueueEdge'; ofType: null }
      }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'ImprovementQueue'; ofType: null } }
    }
  }
  Query: {
    kind: 'OBJECT'
    name: 'Query'
    fields: {
      apiToken: { name: 'apiToken'; type: { kind: 'OBJECT'; name: 'ApiToken'; ofType: null } }
      apiTokenByNodeId: { name: 'apiTokenByNodeId'; type: { kind: 'OBJECT'; name: 'ApiToken'; ofType: null } }
      apiTokens: { name: 'apiTokens'; type: { kind: 'OBJECT'; name: 'ApiTokenConnection'; ofType: null } }
      auditHead: { name: 'auditHead'; type: { kind: 'OBJECT'; name: 'AuditHead'; ofType: null } }
      auditHeadByNodeId: {
        name: 'auditHeadByNodeId'
        type: { kind: 'OBJECT'; name: 'AuditHead'; ofType: null }
      }
      auditHeads: { name: 'auditHeads'; type: { kind: 'OBJECT'; name: 'AuditHeadConnection'; ofType: null } }
      auditLog: { name: 'auditLog'; type: { kind: 'OBJECT'; name: 'AuditLog'; ofType: null } }
      auditLogByChainPosition: {
        name: 'auditLogByChainPosition'
        type: { kind: 'OBJECT'; name: 'AuditLog'; ofType: null }
      }
      auditLogByNodeId: { name: 'auditLogByNodeId'; type: { kind: 'OBJECT'; name: 'AuditLog'; ofType: null } }
      auditLogs: { name: 'auditLogs'; type: { kind: 'OBJECT'; name: 'AuditLogConnection'; ofType: null } }
      clubSetting: { name: 'clubSetting'; type: { kind: 'OBJECT'; name: 'ClubSetting'; ofType: null } }
      clubSettingByNodeId: {
        name: 'clubSettingByNodeId'
        type: { kind: 'OBJECT'; name: 'ClubSetting'; ofType: null }
      }
      clubSettings: {
        name: 'clubSettings'
        type: { kind: 'OBJECT'; name: 'ClubSettingConnection'; ofType: null }
      }
      currentActor: { name: 'currentActor'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      currentUserId: { name: 'currentUserId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      currentVisitorId: { name: 'currentVisitorId'; type: { kind: 'SCALAR'; name: 'UUID'; ofType: null } }
      deadJob: { name: 'deadJob'; type: { kind: 'OBJECT'; name: 'DeadJob'; ofType: null } }
      deadJobByNodeId: { name: 'deadJobByNodeId'; type: { kind: 'OBJECT'; name: 'DeadJob'; ofType: null } }
      deadJobs: { name: 'deadJobs'; type: { kind: 'OBJECT'; name: 'DeadJobConnection'; ofType: null } }
      emergencySignal: {
        name: 'emergencySignal'
        type: { kind: 'OBJECT'; name: 'EmergencySignal'; ofType: null }
      }
      emergencySignalByNodeId: {
        name: 'emergencySignalByNodeId'
        type: { kind: 'OBJECT'; name: 'EmergencySignal'; ofType: null }
      }
      emergencySignalByPattern: {
        name: 'emergencySignalByPattern'
        type: { kind: 'OBJECT'; name: 'EmergencySignal'; ofType: null }
      }
      emergencySignals: {
        name: 'emergencySignals'
        type: { kind: 'OBJECT'; name: 'EmergencySignalConnection'; ofType: null }
      }
      failedResponse: {
        name: 'failedResponse'
        type: { kind: 'OBJECT'; name: 'FailedResponse'; ofType: null }
      }
      failedResponseByNodeId: {
        name: 'failedResponseByNodeId'
        type: { kind: 'OBJECT'; name: 'FailedResponse'; ofType: null }
      }
      failedResponseByResponseId: {
        name: 'failedResponseByResponseId'
        type: { kind: 'OBJECT'; name: 'FailedResponse'; ofType: null }
      }
      failedResponses: {
        name: 'failedResponses'
        type: { kind: 'OBJECT'; name: 'FailedResponseConnection'; ofType: null }
      }
      failurePattern: {
        name: 'failurePattern'
        type: { kind: 'OBJECT'; name: 'FailurePattern'; ofType: null }
      }
      failurePatternByNodeId: {
        name: 'failurePatternByNodeId'
        type: { kind: 'OBJECT'; name: 'FailurePattern'; ofType: null }
      }
      failurePatterns: {
        name: 'failurePatterns'
        type: { kind: 'OBJECT'; name: 'FailurePatternConnection'; ofType: null }
      }
      failuresAbout: {
        name: 'failuresAbout'
        type: { kind: 'OBJECT'; name: 'FailedResponseConnection'; ofType: null }
      }
      improvementEvidence: {
        name: 'improvementEvidence'
        type: { kind: 'OBJECT'; name: 'ImprovementEvidence'; ofType: null }
      }
      improvementEvidenceByNodeId: {
        name: 'improvementEvidenceByNodeId'
        type: { kind: 'OBJECT'; name: 'ImprovementEvidence'; ofType: null }
      }
      improvementEvidences: {
        name: 'improvementEvidences'
        type: { kind: 'OBJECT'; name: 'ImprovementEvidenceConnection'; ofType: null }
      }
      improvementQueue: {
        name: 'improvementQueue'
        type: { kind: 'OBJECT'; name: 'ImprovementQueue'; ofType: null }
      }
      improvementQueueByNodeId: {
        name: 'improvementQueueByNodeId'
        type: { kind: 'OBJECT'; name: 'ImprovementQueue'; ofType: null }
      }
      improvementQueues: {
        name: 'improvementQueues'
        type: { kind: 'OBJECT'; name: 'ImprovementQueueConnection'; ofType: null }
      }
      knowledgeBase: { name: 'knowledgeBase'; type: { kind: 'OBJECT'; name: 'KnowledgeBase'; ofType: null } }
      knowledgeBaseByCategoryAndTopicAndQuestion: {
        name: 'knowledgeBaseByCategoryAndTopicAndQuestion'
        type: { kind: 'OBJECT'; name: 'KnowledgeBase'; ofType: null }
      }
      knowledgeBaseByNodeId: {
        name: 'knowledgeBaseByNodeId'
        type: { kind: 'OBJECT'; name: 'KnowledgeBase'; ofType: null }
      }
      knowledgeBases: {
        name: 'knowledgeBases'
        type: { kind: 'OBJECT'; name: 'KnowledgeBaseConnection'; ofType: null }
      }
      knowledgeHealths: {
        name: 'knowledgeHealths'
        type: { kind: 'OBJECT'; name: 'KnowledgeHealthConnection'; ofType: null }
      }
      llmCall: { name: 'llmCall'; type: { kind: 'OBJECT'; name: 'LlmCall'; ofType: null } }
      llmCallByNodeId: { name: 'llmCallByNodeId'; type: { kind: 'OBJECT'; name: 'LlmCall'; ofType: null } }
      llmCalls: { name: 'llmCalls'; type: { kind: 'OBJECT'; name: 'LlmCallConnection'; ofType: null } }
      me: { name: 'me'; type: { kind: 'OBJECT'; name: 'User'; ofType: null } }
      message: { name: 'message'; type: { kind: 'OBJECT'; name: 'Message'; ofType: null } }
      messageByNodeId: { name: 'messageByNodeId'; type: { kind: 'OBJECT'; name: 'Message'; ofType: null } }
      messages: { name: 'messages'; type: { kind: 'OBJECT'; name: 'MessageConnection'; ofType: null } }
      node: { name: 'node'; type: { kind: 'INTERFACE'; name: 'Node'; ofType: null } }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      notification: { name: 'notification'; type: { kind: 'OBJECT'; name: 'Notification'; ofType: null } }
      notificationByNodeId: {
        name: 'notificationByNodeId'
        type: { kind: 'OBJECT'; name: 'Notification'; ofType: null }
      }
      notifications: {
        name: 'notifications'
        type: { kind: 'OBJECT'; name: 'NotificationConnection'; ofType: null }
      }
      privacyAction: { name: 'privacyAction'; type: { kind: 'OBJECT'; name: 'PrivacyAction'; ofType: null } }
      privacyActionByNodeId: {
        name: 'privacyActionByNodeId'
        type: { kind: 'OBJECT'; name: 'PrivacyAction'; ofType: null }
      }
      privacyActions: {
        name: 'privacyActions'
        type: { kind: 'OBJECT'; name: 'PrivacyActionConnection'; ofType: null }
      }
      prompt: { name: 'prompt'; type: { kind: 'OBJECT'; name: 'Prompt'; ofType: null } }
      promptByName: { name: 'promptByName'; type: { kind: 'OBJECT'; name: 'Prompt'; ofType: null } }
      promptByNodeId: { name: 'promptByNodeId'; type: { kind: 'OBJECT'; name: 'Prompt'; ofType: null } }
      promptVersion: { name: 'promptVersion'; type: { kind: 'OBJECT'; name: 'PromptVersion'; ofType: null } }
      promptVersionByNodeId: {
        name: 'promptVersionByNodeId'
        type: { kind: 'OBJECT'; name: 'PromptVersion'; ofType: null }
      }
      promptVersionByPromptIdAndVersion: {
        name: 'promptVersionByPromptIdAndVersion'
        type: { kind: 'OBJECT'; name: 'PromptVersion'; ofType: null }
      }
      promptVersions: {
        name: 'promptVersions'
        type: { kind: 'OBJECT'; name: 'PromptVersionConnection'; ofType: null }
      }
      prompts: { name: 'prompts'; type: { kind: 'OBJECT'; name: 'PromptConnection'; ofType: null } }
      query: {
        name: 'query'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      }
      response: { name: 'response'; type: { kind: 'OBJECT'; name: 'Response'; ofType: null } }
      responseByNodeId: { name: 'responseByNodeId'; type: { kind: 'OBJECT'; name: 'Response'; ofType: null } }
      responseSource: {
        name: 'responseSource'
        type: { kind: 'OBJECT'; name: 'ResponseSource'; ofType: null }
      }
      responseSourceByNodeId: {
        name: 'responseSourceByNodeId'
        type: { kind: 'OBJECT'; name: 'ResponseSource'; ofType: null }
      }
      responseSources: {
        name: 'responseSources'
        type: { kind: 'OBJECT'; name: 'ResponseSourceConnection'; ofType: null }
      }
      responses: { name: 'responses'; type: { kind: 'OBJECT'; name: 'ResponseConnection'; ofType: null } }
      retentionRule: { name: 'retentionRule'; type: { kind: 'OBJECT'; name: 'RetentionRule'; ofType: null } }
      retentionRuleByNodeId: {
        name: 'retentionRuleByNodeId'
        type: { kind: 'OBJECT'; name: 'RetentionRule'; ofType: null }
      }
      retentionRules: {
        name: 'retentionRules'
        type: { kind: 'OBJECT'; name: 'RetentionRuleConnection'; ofType: null }
      }
      retentionRun: { name: 'retentionRun'; type: { kind: 'OBJECT'; name: 'RetentionRun'; ofType: null } }
      retentionRunByNodeId: {
        name: 'retentionRunByNodeId'
        type: { kind: 'OBJECT'; name: 'RetentionRun'; ofType: null }
      }
      retentionRuns: {
        name: 'retentionRuns'
        type: { kind: 'OBJECT'; name: 'RetentionRunConnection'; ofType: null }
      }
      reviewMetrics: {
        name: 'reviewMetrics'
        type: { kind: 'OBJECT'; name: 'ReviewMetricConnection'; ofType: null }
      }
      searchKnowledge: {
        name: 'searchKnowledge'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: {
              kind: 'NON_NULL'
              name: never
              ofType: { kind: 'OBJECT'; name: 'Source'; ofType: null }
            }
          }
        }
      }
      session: { name: 'session'; type: { kind: 'OBJECT'; name: 'Session'; ofType: null } }
      sessionByNodeId: { name: 'sessionByNodeId'; type: { kind: 'OBJECT'; name: 'Session'; ofType: null } }
      sessions: { name: 'sessions'; type: { kind: 'OBJECT'; name: 'SessionConnection'; ofType: null } }
      site: { name: 'site'; type: { kind: 'OBJECT'; name: 'Site'; ofType: null } }
      siteByNodeId: { name: 'siteByNodeId'; type: { kind: 'OBJECT'; name: 'Site'; ofType: null } }
      siteBySlug: { name: 'siteBySlug'; type: { kind: 'OBJECT'; name: 'Site'; ofType: null } }
      sites: { name: 'sites'; type: { kind: 'OBJECT'; name: 'SiteConnection'; ofType: null } }
      sop: { name: 'sop'; type: { kind: 'OBJECT'; name: 'Sop'; ofType: null } }
      sopAsOf: { name: 'sopAsOf'; type: { kind: 'OBJECT'; name: 'SopVersion'; ofType: null } }
      sopByCategoryAndSection: {
        name: 'sopByCategoryAndSection'
        type: { kind: 'OBJECT'; name: 'Sop'; ofType: null }
      }
      sopByNodeId: { name: 'sopByNodeId'; type: { kind: 'OBJECT'; name: 'Sop'; ofType: null } }
      sopDiff: { name: 'sopDiff'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      sopFailures: {
        name: 'sopFailures'
        type: { kind: 'OBJECT'; name: 'SopFailureConnection'; ofType: null }
      }
      sopUsages: { name: 'sopUsages'; type: { kind: 'OBJECT'; name: 'SopUsageConnection'; ofType: null } }
      sopVersion: { name: 'sopVersion'; type: { kind: 'OBJECT'; name: 'SopVersion'; ofType: null } }
      sopVersionByNodeId: {
        name: 'sopVersionByNodeId'
        type: { kind: 'OBJECT'; name: 'SopVersion'; ofType: null }
      }
      sopVersionBySopIdAndVersion: {
        name: 'sopVersionBySopIdAndVersion'
        type: { kind: 'OBJECT'; name: 'SopVersion'; ofType: null }
      }
      sopVersions: {
        name: 'sopVersions'
        type: { kind: 'OBJECT'; name: 'SopVersionConnection'; ofType: null }
      }
      sops: { name: 'sops'; type: { kind: 'OBJECT'; name: 'SopConnection'; ofType: null } }
      ticket: { name: 'ticket'; type: { kind: 'OBJECT'; name: 'Ticket'; ofType: null } }
      ticketByConversation: {
        name: 'ticketByConversation'
        type: { kind: 'OBJECT'; name: 'Ticket'; ofType: null }
      }
      ticketByNodeId: { name: 'ticketByNodeId'; type: { kind: 'OBJECT'; name: 'Ticket'; ofType: null } }
      tickets: { name: 'tickets'; type: { kind: 'OBJECT'; name: 'TicketConnection'; ofType: null } }
      user: { name: 'user'; type: { kind: 'OBJECT'; name: 'User'; ofType: null } }
      userByNodeId: { name: 'userByNodeId'; type: { kind: 'OBJECT'; name: 'User'; ofType: null } }
      users: { name: 'users'; type: { kind: 'OBJECT'; name: 'UserConnection'; ofType: null } }
      verifyAuditLog: {
        name: 'verifyAuditLog'
        type: { kind: 'OBJECT'; name: 'VerifyAuditLogConnection'; ofType: null }
      }
      webhook: { name: 'webhook'; type: { kind: 'OBJECT'; name: 'Webhook'; ofType: null } }
      webhookByNodeId: { name: 'webhookByNodeId'; type: { kind: 'OBJECT'; name: 'Webhook'; ofType: null } }
      webhooks: { name: 'webhooks'; type: { kind: 'OBJECT'; name: 'WebhookConnection'; ofType: null } }
    }
  }
  RejectImprovementInput: {
    kind: 'INPUT_OBJECT'
    name: 'RejectImprovementInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  RejectImprovementPayload: {
    kind: 'OBJECT'
    name: 'RejectImprovementPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      improvementQueueEdge: {
        name: 'improvementQueueEdge'
        type: { kind: 'OBJECT'; name: 'ImprovementQueueEdge'; ofType: null }
      }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'ImprovementQueue'; ofType: null } }
    }
  }
  ReplyInput: {
    kind: 'INPUT_OBJECT'
    name: 'ReplyInput'
    isOneOf: false
    inputFields: [
      { name: 'body'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'ticketId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  ReplyPayload: {
    kind: 'OBJECT'
    name: 'ReplyPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      messageEdge: { name: 'messageEdge'; type: { kind: 'OBJECT'; name: 'MessageEdge'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'Message'; ofType: null } }
    }
  }
  RequestAnalysisInput: {
    kind: 'INPUT_OBJECT'
    name: 'RequestAnalysisInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'most'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  RequestAnalysisPayload: {
    kind: 'OBJECT'
    name: 'RequestAnalysisPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } }
    }
  }
  ResolveTicketInput: {
    kind: 'INPUT_OBJECT'
    name: 'ResolveTicketInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'correction'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'expectedCategory'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'expectedSopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'expectedTopic'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'resolution'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'ticketId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  ResolveTicketPayload: {
    kind: 'OBJECT'
    name: 'ResolveTicketPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'Ticket'; ofType: null } }
      ticketEdge: { name: 'ticketEdge'; type: { kind: 'OBJECT'; name: 'TicketEdge'; ofType: null } }
    }
  }
  Response: {
    kind: 'OBJECT'
    name: 'Response'
    fields: {
      category: { name: 'category'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      confidence: { name: 'confidence'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      cost: { name: 'cost'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      embeddingModel: { name: 'embeddingModel'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      erasedAt: { name: 'erasedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      failure: { name: 'failure'; type: { kind: 'OBJECT'; name: 'FailedResponse'; ofType: null } }
      feedback: { name: 'feedback'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      feedbackAt: { name: 'feedbackAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      feedbackBy: { name: 'feedbackBy'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
      knowledgeBasesByLearnedFrom: {
        name: 'knowledgeBasesByLearnedFrom'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'KnowledgeBaseConnection'; ofType: null }
        }
      }
      latencyMs: { name: 'latencyMs'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      llmCalls: {
        name: 'llmCalls'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'LlmCallConnection'; ofType: null }
        }
      }
      messages: {
        name: 'messages'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'MessageConnection'; ofType: null }
        }
      }
      model: {
        name: 'model'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      outcome: {
        name: 'outcome'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      promptVersion: { name: 'promptVersion'; type: { kind: 'OBJECT'; name: 'PromptVersion'; ofType: null } }
      promptVersionId: { name: 'promptVersionId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      question: {
        name: 'question'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      questionHash: {
        name: 'questionHash'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'SCALAR'; name: 'Base64EncodedBinary'; ofType: null }
        }
      }
      reason: { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      requestedCategory: { name: 'requestedCategory'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      responseSources: {
        name: 'responseSources'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'ResponseSourceConnection'; ofType: null }
        }
      }
      routerModel: { name: 'routerModel'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      site: { name: 'site'; type: { kind: 'OBJECT'; name: 'Site'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      text: {
        name: 'text'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      textHtml: { name: 'textHtml'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      ticket: { name: 'ticket'; type: { kind: 'OBJECT'; name: 'Ticket'; ofType: null } }
      ticketId: { name: 'ticketId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      tokensIn: { name: 'tokensIn'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      tokensOut: { name: 'tokensOut'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      visitorId: { name: 'visitorId'; type: { kind: 'SCALAR'; name: 'UUID'; ofType: null } }
    }
  }
  ResponseAggregates: {
    kind: 'OBJECT'
    name: 'ResponseAggregates'
    fields: {
      average: { name: 'average'; type: { kind: 'OBJECT'; name: 'ResponseAverageAggregates'; ofType: null } }
      distinctCount: {
        name: 'distinctCount'
        type: { kind: 'OBJECT'; name: 'ResponseDistinctCountAggregates'; ofType: null }
      }
      keys: {
        name: 'keys'
        type: { kind: 'LIST'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      max: { name: 'max'; type: { kind: 'OBJECT'; name: 'ResponseMaxAggregates'; ofType: null } }
      min: { name: 'min'; type: { kind: 'OBJECT'; name: 'ResponseMinAggregates'; ofType: null } }
      stddevPopulation: {
        name: 'stddevPopulation'
        type: { kind: 'OBJECT'; name: 'ResponseStddevPopulationAggregates'; ofType: null }
      }
      stddevSample: {
        name: 'stddevSample'
        type: { kind: 'OBJECT'; name: 'ResponseStddevSampleAggregates'; ofType: null }
      }
      sum: { name: 'sum'; type: { kind: 'OBJECT'; name: 'ResponseSumAggregates'; ofType: null } }
      variancePopulation: {
        name: 'variancePopulation'
        type: { kind: 'OBJECT'; name: 'ResponseVariancePopulationAggregates'; ofType: null }
      }
      varianceSample: {
        name: 'varianceSample'
        type: { kind: 'OBJECT'; name: 'ResponseVarianceSampleAggregates'; ofType: null }
      }
    }
  }
  ResponseAverageAggregates: {
    kind: 'OBJECT'
    name: 'ResponseAverageAggregates'
    fields: {
      confidence: { name: 'confidence'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      cost: { name: 'cost'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      id: { name: 'id'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      latencyMs: { name: 'latencyMs'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      promptVersionId: { name: 'promptVersionId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      ticketId: { name: 'ticketId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      tokensIn: { name: 'tokensIn'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      tokensOut: { name: 'tokensOut'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
    }
  }
  ResponseCondition: {
    kind: 'INPUT_OBJECT'
    name: 'ResponseCondition'
    isOneOf: false
    inputFields: [
      { name: 'createdAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'feedback'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'id'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'promptVersionId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'siteId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'ticketId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'visitorId'; type: { kind: 'SCALAR'; name: 'UUID'; ofType: null }; defaultValue: null },
    ]
  }
  ResponseConnection: {
    kind: 'OBJECT'
    name: 'ResponseConnection'
    fields: {
      aggregates: { name: 'aggregates'; type: { kind: 'OBJECT'; name: 'ResponseAggregates'; ofType: null } }
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'ResponseEdge'; ofType: null }
          }
        }
      }
      groupedAggregates: {
        name: 'groupedAggregates'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'OBJECT'; name: 'ResponseAggregates'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'Response'; ofType: null } }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  ResponseDistinctCountAggregates: {
    kind: 'OBJECT'
    name: 'ResponseDistinctCountAggregates'
    fields: {
      category: { name: 'category'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      confidence: { name: 'confidence'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      cost: { name: 'cost'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      createdAt: { name: 'createdAt'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      embeddingModel: { name: 'embeddingModel'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      erasedAt: { name: 'erasedAt'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      feedback: { name: 'feedback'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      feedbackAt: { name: 'feedbackAt'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      feedbackBy: { name: 'feedbackBy'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      id: { name: 'id'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      latencyMs: { name: 'latencyMs'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      model: { name: 'model'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      outcome: { name: 'outcome'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      promptVersionId: { name: 'promptVersionId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      question: { name: 'question'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      questionHash: { name: 'questionHash'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      reason: { name: 'reason'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      requestedCategory: { name: 'requestedCategory'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      routerModel: { name: 'routerModel'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      text: { name: 'text'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      ticketId: { name: 'ticketId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      tokensIn: { name: 'tokensIn'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      tokensOut: { name: 'tokensOut'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      visitorId: { name: 'visitorId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
    }
  }
  ResponseEdge: {
    kind: 'OBJECT'
    name: 'ResponseEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'Response'; ofType: null } }
    }
  }
  ResponseFilter: {
    kind: 'INPUT_OBJECT'
    name: 'ResponseFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'ResponseFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'createdAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'failure'
        type: { kind: 'INPUT_OBJECT'; name: 'FailedResponseFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'failureExists'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      {
        name: 'feedback'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'knowledgeBasesByLearnedFrom'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseToManyKnowledgeBaseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'knowledgeBasesByLearnedFromExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'llmCalls'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseToManyLlmCallFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'llmCallsExist'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      {
        name: 'messages'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseToManyMessageFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'messagesExist'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'ResponseFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'promptVersion'
        type: { kind: 'INPUT_OBJECT'; name: 'PromptVersionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'promptVersionExists'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'promptVersionId'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'responseSources'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseToManyResponseSourceFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'responseSourcesExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      { name: 'site'; type: { kind: 'INPUT_OBJECT'; name: 'SiteFilter'; ofType: null }; defaultValue: null },
      { name: 'siteExists'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'siteId'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'ticket'
        type: { kind: 'INPUT_OBJECT'; name: 'TicketFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'ticketExists'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      {
        name: 'ticketId'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'visitorId'
        type: { kind: 'INPUT_OBJECT'; name: 'UUIDFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  ResponseGroupBy: {
    name: 'ResponseGroupBy'
    enumValues:
      | 'CREATED_AT'
      | 'CREATED_AT_TRUNCATED_TO_DAY'
      | 'CREATED_AT_TRUNCATED_TO_HOUR'
      | 'FEEDBACK'
      | 'PROMPT_VERSION_ID'
      | 'SITE_ID'
      | 'TICKET_ID'
      | 'VISITOR_ID'
  }
  ResponseMaxAggregates: {
    kind: 'OBJECT'
    name: 'ResponseMaxAggregates'
    fields: {
      confidence: { name: 'confidence'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      cost: { name: 'cost'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      id: { name: 'id'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      latencyMs: { name: 'latencyMs'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      promptVersionId: { name: 'promptVersionId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      ticketId: { name: 'ticketId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      tokensIn: { name: 'tokensIn'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      tokensOut: { name: 'tokensOut'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
    }
  }
  ResponseMinAggregates: {
    kind: 'OBJECT'
    name: 'ResponseMinAggregates'
    fields: {
      confidence: { name: 'confidence'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      cost: { name: 'cost'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      id: { name: 'id'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      latencyMs: { name: 'latencyMs'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      promptVersionId: { name: 'promptVersionId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      ticketId: { name: 'ticketId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      tokensIn: { name: 'tokensIn'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      tokensOut: { name: 'tokensOut'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
    }
  }
  ResponseOrderBy: {
    name: 'ResponseOrderBy'
    enumValues:
      | 'CREATED_AT_ASC'
      | 'CREATED_AT_DESC'
      | 'FEEDBACK_ASC'
      | 'FEEDBACK_DESC'
      | 'ID_ASC'
      | 'ID_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'PROMPT_VERSION_ID_ASC'
      | 'PROMPT_VERSION_ID_DESC'
      | 'SITE_ID_ASC'
      | 'SITE_ID_DESC'
      | 'TICKET_ID_ASC'
      | 'TICKET_ID_DESC'
      | 'VISITOR_ID_ASC'
      | 'VISITOR_ID_DESC'
  }
  ResponseSource: {
    kind: 'OBJECT'
    name: 'ResponseSource'
    fields: {
      category: {
        name: 'category'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      cited: {
        name: 'cited'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } }
      }
      heading: { name: 'heading'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      kind: {
        name: 'kind'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      knowledgeId: { name: 'knowledgeId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      rank: {
        name: 'rank'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      response: { name: 'response'; type: { kind: 'OBJECT'; name: 'Response'; ofType: null } }
      responseId: {
        name: 'responseId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
      score: {
        name: 'score'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      }
      snippet: {
        name: 'snippet'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      sop: { name: 'sop'; type: { kind: 'OBJECT'; name: 'Sop'; ofType: null } }
      sopId: { name: 'sopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      sopVersion: { name: 'sopVersion'; type: { kind: 'OBJECT'; name: 'SopVersion'; ofType: null } }
      sopVersionId: { name: 'sopVersionId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      topic: {
        name: 'topic'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
    }
  }
  ResponseSourceCondition: {
    kind: 'INPUT_OBJECT'
    name: 'ResponseSourceCondition'
    isOneOf: false
    inputFields: [
      { name: 'knowledgeId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'rank'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'responseId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'sopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'sopVersionId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  ResponseSourceConnection: {
    kind: 'OBJECT'
    name: 'ResponseSourceConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'ResponseSourceEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'ResponseSource'; ofType: null }
          }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  ResponseSourceEdge: {
    kind: 'OBJECT'
    name: 'ResponseSourceEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'ResponseSource'; ofType: null } }
    }
  }
  ResponseSourceFilter: {
    kind: 'INPUT_OBJECT'
    name: 'ResponseSourceFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'ResponseSourceFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'knowledgeId'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseSourceFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'ResponseSourceFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      { name: 'rank'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'response'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'responseId'
        type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'sop'; type: { kind: 'INPUT_OBJECT'; name: 'SopFilter'; ofType: null }; defaultValue: null },
      { name: 'sopExists'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'sopId'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'sopVersion'
        type: { kind: 'INPUT_OBJECT'; name: 'SopVersionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'sopVersionExists'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'sopVersionId'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  ResponseSourceOrderBy: {
    name: 'ResponseSourceOrderBy'
    enumValues:
      | 'KNOWLEDGE_ID_ASC'
      | 'KNOWLEDGE_ID_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'RANK_ASC'
      | 'RANK_DESC'
      | 'RESPONSE_ID_ASC'
      | 'RESPONSE_ID_DESC'
      | 'SOP_ID_ASC'
      | 'SOP_ID_DESC'
      | 'SOP_VERSION_ID_ASC'
      | 'SOP_VERSION_ID_DESC'
  }
  ResponseStddevPopulationAggregates: {
    kind: 'OBJECT'
    name: 'ResponseStddevPopulationAggregates'
    fields: {
      confidence: { name: 'confidence'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      cost: { name: 'cost'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      id: { name: 'id'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      latencyMs: { name: 'latencyMs'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      promptVersionId: { name: 'promptVersionId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      ticketId: { name: 'ticketId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      tokensIn: { name: 'tokensIn'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      tokensOut: { name: 'tokensOut'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
    }
  }
  ResponseStddevSampleAggregates: {
    kind: 'OBJECT'
    name: 'ResponseStddevSampleAggregates'
    fields: {
      confidence: { name: 'confidence'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      cost: { name: 'cost'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      id: { name: 'id'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      latencyMs: { name: 'latencyMs'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      promptVersionId: { name: 'promptVersionId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      ticketId: { name: 'ticketId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      tokensIn: { name: 'tokensIn'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      tokensOut: { name: 'tokensOut'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
    }
  }
  ResponseSumAggregates: {
    kind: 'OBJECT'
    name: 'ResponseSumAggregates'
    fields: {
      confidence: {
        name: 'confidence'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      }
      cost: {
        name: 'cost'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      }
      latencyMs: {
        name: 'latencyMs'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      }
      promptVersionId: {
        name: 'promptVersionId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
      siteId: {
        name: 'siteId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
      ticketId: {
        name: 'ticketId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
      tokensIn: {
        name: 'tokensIn'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
      tokensOut: {
        name: 'tokensOut'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
    }
  }
  ResponseToManyKnowledgeBaseFilter: {
    kind: 'INPUT_OBJECT'
    name: 'ResponseToManyKnowledgeBaseFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'KnowledgeBaseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'KnowledgeBaseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'KnowledgeBaseFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  ResponseToManyLlmCallFilter: {
    kind: 'INPUT_OBJECT'
    name: 'ResponseToManyLlmCallFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'LlmCallFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'LlmCallFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'LlmCallFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  ResponseToManyMessageFilter: {
    kind: 'INPUT_OBJECT'
    name: 'ResponseToManyMessageFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'MessageFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'MessageFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'MessageFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  ResponseToManyResponseSourceFilter: {
    kind: 'INPUT_OBJECT'
    name: 'ResponseToManyResponseSourceFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseSourceFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseSourceFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseSourceFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  ResponseVariancePopulationAggregates: {
    kind: 'OBJECT'
    name: 'ResponseVariancePopulationAggregates'
    fields: {
      confidence: { name: 'confidence'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      cost: { name: 'cost'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      id: { name: 'id'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      latencyMs: { name: 'latencyMs'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      promptVersionId: { name: 'promptVersionId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      ticketId: { name: 'ticketId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      tokensIn: { name: 'tokensIn'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      tokensOut: { name: 'tokensOut'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
    }
  }
  ResponseVarianceSampleAggregates: {
    kind: 'OBJECT'
    name: 'ResponseVarianceSampleAggregates'
    fields: {
      confidence: { name: 'confidence'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      cost: { name: 'cost'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      id: { name: 'id'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      latencyMs: { name: 'latencyMs'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      promptVersionId: { name: 'promptVersionId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      ticketId: { name: 'ticketId'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      tokensIn: { name: 'tokensIn'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
      tokensOut: { name: 'tokensOut'; type: { kind: 'SCALAR'; name: 'BigFloat'; ofType: null } }
    }
  }
  RetentionRule: {
    kind: 'OBJECT'
    name: 'RetentionRule'
    fields: {
      description: {
        name: 'description'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      keep: {
        name: 'keep'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Interval'; ofType: null } }
      }
      kind: {
        name: 'kind'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      updatedAt: {
        name: 'updatedAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
    }
  }
  RetentionRuleCondition: {
    kind: 'INPUT_OBJECT'
    name: 'RetentionRuleCondition'
    isOneOf: false
    inputFields: [
      { name: 'kind'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  RetentionRuleConnection: {
    kind: 'OBJECT'
    name: 'RetentionRuleConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'RetentionRuleEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'RetentionRule'; ofType: null }
          }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  RetentionRuleEdge: {
    kind: 'OBJECT'
    name: 'RetentionRuleEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'RetentionRule'; ofType: null } }
    }
  }
  RetentionRuleFilter: {
    kind: 'INPUT_OBJECT'
    name: 'RetentionRuleFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'RetentionRuleFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'kind'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'RetentionRuleFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'RetentionRuleFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
    ]
  }
  RetentionRuleOrderBy: {
    name: 'RetentionRuleOrderBy'
    enumValues: 'KIND_ASC' | 'KIND_DESC' | 'NATURAL' | 'PRIMARY_KEY_ASC' | 'PRIMARY_KEY_DESC'
  }
  RetentionRun: {
    kind: 'OBJECT'
    name: 'RetentionRun'
    fields: {
      counts: {
        name: 'counts'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'JSON'; ofType: null } }
      }
      finishedAt: { name: 'finishedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      problems: {
        name: 'problems'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'JSON'; ofType: null } }
      }
      ranAt: {
        name: 'ranAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
    }
  }
  RetentionRunCondition: {
    kind: 'INPUT_OBJECT'
    name: 'RetentionRunCondition'
    isOneOf: false
    inputFields: [
      { name: 'id'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'ranAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
    ]
  }
  RetentionRunConnection: {
    kind: 'OBJECT'
    name: 'RetentionRunConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'RetentionRunEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'RetentionRun'; ofType: null }
          }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  RetentionRunEdge: {
    kind: 'OBJECT'
    name: 'RetentionRunEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'RetentionRun'; ofType: null } }
    }
  }
  RetentionRunFilter: {
    kind: 'INPUT_OBJECT'
    name: 'RetentionRunFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'RetentionRunFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'RetentionRunFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'RetentionRunFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'ranAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  RetentionRunOrderBy: {
    name: 'RetentionRunOrderBy'
    enumValues:
      | 'ID_ASC'
      | 'ID_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'RAN_AT_ASC'
      | 'RAN_AT_DESC'
  }
  RetryJobInput: {
    kind: 'INPUT_OBJECT'
    name: 'RetryJobInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'jobId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  RetryJobPayload: {
    kind: 'OBJECT'
    name: 'RetryJobPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } }
    }
  }
  ReviewMetric: {
    kind: 'OBJECT'
    name: 'ReviewMetric'
    fields: {
      approvalRate: { name: 'approvalRate'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      approved: { name: 'approved'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      kind: { name: 'kind'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      medianHoursToDecision: {
        name: 'medianHoursToDecision'
        type: { kind: 'SCALAR'; name: 'Float'; ofType: null }
      }
      pending: { name: 'pending'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      proposed: { name: 'proposed'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      rejected: { name: 'rejected'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      week: { name: 'week'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
    }
  }
  ReviewMetricCondition: {
    kind: 'INPUT_OBJECT'
    name: 'ReviewMetricCondition'
    isOneOf: false
    inputFields: [
      { name: 'approvalRate'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null }; defaultValue: null },
      { name: 'approved'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'kind'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'medianHoursToDecision'
        type: { kind: 'SCALAR'; name: 'Float'; ofType: null }
        defaultValue: null
      },
      { name: 'pending'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'proposed'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'rejected'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'week'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
    ]
  }
  ReviewMetricConnection: {
    kind: 'OBJECT'
    name: 'ReviewMetricConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'ReviewMetricEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'ReviewMetric'; ofType: null }
          }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  ReviewMetricEdge: {
    kind: 'OBJECT'
    name: 'ReviewMetricEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'ReviewMetric'; ofType: null } }
    }
  }
  ReviewMetricFilter: {
    kind: 'INPUT_OBJECT'
    name: 'ReviewMetricFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'ReviewMetricFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'approvalRate'
        type: { kind: 'INPUT_OBJECT'; name: 'FloatFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'approved'
        type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'kind'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'medianHoursToDecision'
        type: { kind: 'INPUT_OBJECT'; name: 'FloatFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'ReviewMetricFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'ReviewMetricFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'pending'
        type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'proposed'
        type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'rejected'
        type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'week'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  ReviewMetricOrderBy: {
    name: 'ReviewMetricOrderBy'
    enumValues:
      | 'APPROVAL_RATE_ASC'
      | 'APPROVAL_RATE_DESC'
      | 'APPROVED_ASC'
      | 'APPROVED_DESC'
      | 'KIND_ASC'
      | 'KIND_DESC'
      | 'MEDIAN_HOURS_TO_DECISION_ASC'
      | 'MEDIAN_HOURS_TO_DECISION_DESC'
      | 'NATURAL'
      | 'PENDING_ASC'
      | 'PENDING_DESC'
      | 'PROPOSED_ASC'
      | 'PROPOSED_DESC'
      | 'REJECTED_ASC'
      | 'REJECTED_DESC'
      | 'WEEK_ASC'
      | 'WEEK_DESC'
  }
  RevokeApiTokenInput: {
    kind: 'INPUT_OBJECT'
    name: 'RevokeApiTokenInput'
    isOneOf: false
    inputFields: [
      { name: 'apiTokenId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
    ]
  }
  RevokeApiTokenPayload: {
    kind: 'OBJECT'
    name: 'RevokeApiTokenPayload'
    fields: {
      apiTokenEdge: { name: 'apiTokenEdge'; type: { kind: 'OBJECT'; name: 'ApiTokenEdge'; ofType: null } }
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'ApiToken'; ofType: null } }
    }
  }
  RevokeSessionInput: {
    kind: 'INPUT_OBJECT'
    name: 'RevokeSessionInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'sessionId'; type: { kind: 'SCALAR'; name: 'UUID'; ofType: null }; defaultValue: null },
    ]
  }
  RevokeSessionPayload: {
    kind: 'OBJECT'
    name: 'RevokeSessionPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'Session'; ofType: null } }
      sessionEdge: { name: 'sessionEdge'; type: { kind: 'OBJECT'; name: 'SessionEdge'; ofType: null } }
    }
  }
  RollbackSopInput: {
    kind: 'INPUT_OBJECT'
    name: 'RollbackSopInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'sopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'version'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  RollbackSopPayload: {
    kind: 'OBJECT'
    name: 'RollbackSopPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'Sop'; ofType: null } }
      sopEdge: { name: 'sopEdge'; type: { kind: 'OBJECT'; name: 'SopEdge'; ofType: null } }
    }
  }
  RowEvent: {
    kind: 'OBJECT'
    name: 'RowEvent'
    fields: {
      event: {
        name: 'event'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  SaveKnowledgeInput: {
    kind: 'INPUT_OBJECT'
    name: 'SaveKnowledgeInput'
    isOneOf: false
    inputFields: [
      { name: 'answer'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'category'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'question'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'site'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'source'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'topic'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'validFrom'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'validTo'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
    ]
  }
  SaveKnowledgePayload: {
    kind: 'OBJECT'
    name: 'SaveKnowledgePayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      knowledgeBaseEdge: {
        name: 'knowledgeBaseEdge'
        type: { kind: 'OBJECT'; name: 'KnowledgeBaseEdge'; ofType: null }
      }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'KnowledgeBase'; ofType: null } }
    }
  }
  SaveSopInput: {
    kind: 'INPUT_OBJECT'
    name: 'SaveSopInput'
    isOneOf: false
    inputFields: [
      { name: 'category'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'content'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'expectedVersion'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'section'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  SaveSopPayload: {
    kind: 'OBJECT'
    name: 'SaveSopPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'Sop'; ofType: null } }
      sopEdge: { name: 'sopEdge'; type: { kind: 'OBJECT'; name: 'SopEdge'; ofType: null } }
    }
  }
  Session: {
    kind: 'OBJECT'
    name: 'Session'
    fields: {
      address: { name: 'address'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      expiresAt: {
        name: 'expiresAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'UUID'; ofType: null } }
      }
      lastSeenAt: {
        name: 'lastSeenAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      revokedAt: { name: 'revokedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      user: { name: 'user'; type: { kind: 'OBJECT'; name: 'User'; ofType: null } }
      userAgent: { name: 'userAgent'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      userId: {
        name: 'userId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  SessionCondition: {
    kind: 'INPUT_OBJECT'
    name: 'SessionCondition'
    isOneOf: false
    inputFields: [
      { name: 'expiresAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'id'; type: { kind: 'SCALAR'; name: 'UUID'; ofType: null }; defaultValue: null },
      { name: 'lastSeenAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'userId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  SessionConnection: {
    kind: 'OBJECT'
    name: 'SessionConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'SessionEdge'; ofType: null } }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'Session'; ofType: null } }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  SessionEdge: {
    kind: 'OBJECT'
    name: 'SessionEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'Session'; ofType: null } }
    }
  }
  SessionFilter: {
    kind: 'INPUT_OBJECT'
    name: 'SessionFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'SessionFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'expiresAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'UUIDFilter'; ofType: null }; defaultValue: null },
      {
        name: 'lastSeenAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'SessionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'SessionFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      { name: 'user'; type: { kind: 'INPUT_OBJECT'; name: 'UserFilter'; ofType: null }; defaultValue: null },
      { name: 'userId'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
    ]
  }
  SessionOrderBy: {
    name: 'SessionOrderBy'
    enumValues:
      | 'EXPIRES_AT_ASC'
      | 'EXPIRES_AT_DESC'
      | 'ID_ASC'
      | 'ID_DESC'
      | 'LAST_SEEN_AT_ASC'
      | 'LAST_SEEN_AT_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'USER_ID_ASC'
      | 'USER_ID_DESC'
  }
  SetAssistantEnabledInput: {
    kind: 'INPUT_OBJECT'
    name: 'SetAssistantEnabledInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'enabled'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  SetAssistantEnabledPayload: {
    kind: 'OBJECT'
    name: 'SetAssistantEnabledPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      clubSettingEdge: {
        name: 'clubSettingEdge'
        type: { kind: 'OBJECT'; name: 'ClubSettingEdge'; ofType: null }
      }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'ClubSetting'; ofType: null } }
    }
  }
  SetRetentionInput: {
    kind: 'INPUT_OBJECT'
    name: 'SetRetentionInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      {
        name: 'keep'
        type: { kind: 'INPUT_OBJECT'; name: 'IntervalInput'; ofType: null }
        defaultValue: null
      },
      { name: 'kind'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  SetRetentionPayload: {
    kind: 'OBJECT'
    name: 'SetRetentionPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'RetentionRule'; ofType: null } }
      retentionRuleEdge: {
        name: 'retentionRuleEdge'
        type: { kind: 'OBJECT'; name: 'RetentionRuleEdge'; ofType: null }
      }
    }
  }
  Site: {
    kind: 'OBJECT'
    name: 'Site'
    fields: {
      address: { name: 'address'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      failedResponses: {
        name: 'failedResponses'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'FailedResponseConnection'; ofType: null }
        }
      }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      knowledgeBases: {
        name: 'knowledgeBases'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'KnowledgeBaseConnection'; ofType: null }
        }
      }
      name: {
        name: 'name'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      responses: {
        name: 'responses'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'ResponseConnection'; ofType: null }
        }
      }
      slug: {
        name: 'slug'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      tickets: {
        name: 'tickets'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'TicketConnection'; ofType: null }
        }
      }
      timezone: {
        name: 'timezone'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      updatedAt: {
        name: 'updatedAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
    }
  }
  SiteCondition: {
    kind: 'INPUT_OBJECT'
    name: 'SiteCondition'
    isOneOf: false
    inputFields: [
      { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'slug'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  SiteConnection: {
    kind: 'OBJECT'
    name: 'SiteConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'SiteEdge'; ofType: null } }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'Site'; ofType: null } }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  SiteEdge: {
    kind: 'OBJECT'
    name: 'SiteEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'Site'; ofType: null } }
    }
  }
  SiteFilter: {
    kind: 'INPUT_OBJECT'
    name: 'SiteFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'SiteFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'failedResponses'
        type: { kind: 'INPUT_OBJECT'; name: 'SiteToManyFailedResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'failedResponsesExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'knowledgeBases'
        type: { kind: 'INPUT_OBJECT'; name: 'SiteToManyKnowledgeBaseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'knowledgeBasesExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      { name: 'not'; type: { kind: 'INPUT_OBJECT'; name: 'SiteFilter'; ofType: null }; defaultValue: null },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'SiteFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'responses'
        type: { kind: 'INPUT_OBJECT'; name: 'SiteToManyResponseFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'responsesExist'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      {
        name: 'slug'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'tickets'
        type: { kind: 'INPUT_OBJECT'; name: 'SiteToManyTicketFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'ticketsExist'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
    ]
  }
  SiteOrderBy: {
    name: 'SiteOrderBy'
    enumValues:
      | 'ID_ASC'
      | 'ID_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'SLUG_ASC'
      | 'SLUG_DESC'
  }
  SiteToManyFailedResponseFilter: {
    kind: 'INPUT_OBJECT'
    name: 'SiteToManyFailedResponseFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'FailedResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'FailedResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'FailedResponseFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  SiteToManyKnowledgeBaseFilter: {
    kind: 'INPUT_OBJECT'
    name: 'SiteToManyKnowledgeBaseFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'KnowledgeBaseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'KnowledgeBaseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'KnowledgeBaseFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  SiteToManyResponseFilter: {
    kind: 'INPUT_OBJECT'
    name: 'SiteToManyResponseFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  SiteToManyTicketFilter: {
    kind: 'INPUT_OBJECT'
    name: 'SiteToManyTicketFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'TicketFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'TicketFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'TicketFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  Sop: {
    kind: 'OBJECT'
    name: 'Sop'
    fields: {
      archivedAt: { name: 'archivedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      category: {
        name: 'category'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      content: {
        name: 'content'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      contentHtml: { name: 'contentHtml'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      createdBy: {
        name: 'createdBy'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      failedResponsesByExpectedSopId: {
        name: 'failedResponsesByExpectedSopId'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'FailedResponseConnection'; ofType: null }
        }
      }
      failurePatterns: {
        name: 'failurePatterns'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'FailurePatternConnection'; ofType: null }
        }
      }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      improvementQueues: {
        name: 'improvementQueues'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'ImprovementQueueConnection'; ofType: null }
        }
      }
      knowledgeBases: {
        name: 'knowledgeBases'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'KnowledgeBaseConnection'; ofType: null }
        }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      responseSources: {
        name: 'responseSources'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'ResponseSourceConnection'; ofType: null }
        }
      }
      section: {
        name: 'section'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      sopVersions: {
        name: 'sopVersions'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'SopVersionConnection'; ofType: null }
        }
      }
      updatedAt: {
        name: 'updatedAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      version: {
        name: 'version'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  SopCondition: {
    kind: 'INPUT_OBJECT'
    name: 'SopCondition'
    isOneOf: false
    inputFields: [
      { name: 'category'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'section'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  SopConnection: {
    kind: 'OBJECT'
    name: 'SopConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'SopEdge'; ofType: null } }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'Sop'; ofType: null } }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  SopEdge: {
    kind: 'OBJECT'
    name: 'SopEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'Sop'; ofType: null } }
    }
  }
  SopFailure: {
    kind: 'OBJECT'
    name: 'SopFailure'
    fields: {
      category: { name: 'category'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      failures: { name: 'failures'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      firstFailedAt: { name: 'firstFailedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      lastFailedAt: { name: 'lastFailedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      section: { name: 'section'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      shouldHaveAnswered: {
        name: 'shouldHaveAnswered'
        type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }
      }
      sopId: { name: 'sopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      unresolved: { name: 'unresolved'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      wrong: { name: 'wrong'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
    }
  }
  SopFailureCondition: {
    kind: 'INPUT_OBJECT'
    name: 'SopFailureCondition'
    isOneOf: false
    inputFields: [
      { name: 'category'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'failures'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'firstFailedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'lastFailedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'section'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'shouldHaveAnswered'
        type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }
        defaultValue: null
      },
      { name: 'sopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'unresolved'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'wrong'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
    ]
  }
  SopFailureConnection: {
    kind: 'OBJECT'
    name: 'SopFailureConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'SopFailureEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'SopFailure'; ofType: null } }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  SopFailureEdge: {
    kind: 'OBJECT'
    name: 'SopFailureEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'SopFailure'; ofType: null } }
    }
  }
  SopFailureFilter: {
    kind: 'INPUT_OBJECT'
    name: 'SopFailureFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'SopFailureFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'category'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'failures'
        type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'firstFailedAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'lastFailedAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'SopFailureFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'SopFailureFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'section'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'shouldHaveAnswered'
        type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'sopId'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'unresolved'
        type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'wrong'
        type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  SopFailureOrderBy: {
    name: 'SopFailureOrderBy'
    enumValues:
      | 'CATEGORY_ASC'
      | 'CATEGORY_DESC'
      | 'FAILURES_ASC'
      | 'FAILURES_DESC'
      | 'FIRST_FAILED_AT_ASC'
      | 'FIRST_FAILED_AT_DESC'
      | 'LAST_FAILED_AT_ASC'
      | 'LAST_FAILED_AT_DESC'
      | 'NATURAL'
      | 'SECTION_ASC'
      | 'SECTION_DESC'
      | 'SHOULD_HAVE_ANSWERED_ASC'
      | 'SHOULD_HAVE_ANSWERED_DESC'
      | 'SOP_ID_ASC'
      | 'SOP_ID_DESC'
      | 'UNRESOLVED_ASC'
      | 'UNRESOLVED_DESC'
      | 'WRONG_ASC'
      | 'WRONG_DESC'
  }
  SopFilter: {
    kind: 'INPUT_OBJECT'
    name: 'SopFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'SopFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'category'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'failedResponsesByExpectedSopId'
        type: { kind: 'INPUT_OBJECT'; name: 'SopToManyFailedResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'failedResponsesByExpectedSopIdExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'failurePatterns'
        type: { kind: 'INPUT_OBJECT'; name: 'SopToManyFailurePatternFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'failurePatternsExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'improvementQueues'
        type: { kind: 'INPUT_OBJECT'; name: 'SopToManyImprovementQueueFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'improvementQueuesExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'knowledgeBases'
        type: { kind: 'INPUT_OBJECT'; name: 'SopToManyKnowledgeBaseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'knowledgeBasesExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      { name: 'not'; type: { kind: 'INPUT_OBJECT'; name: 'SopFilter'; ofType: null }; defaultValue: null },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'SopFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'responseSources'
        type: { kind: 'INPUT_OBJECT'; name: 'SopToManyResponseSourceFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'responseSourcesExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'section'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'sopVersions'
        type: { kind: 'INPUT_OBJECT'; name: 'SopToManySopVersionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'sopVersionsExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
    ]
  }
  SopOrderBy: {
    name: 'SopOrderBy'
    enumValues:
      | 'CATEGORY_ASC'
      | 'CATEGORY_DESC'
      | 'ID_ASC'
      | 'ID_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'SECTION_ASC'
      | 'SECTION_DESC'
  }
  SopToManyFailedResponseFilter: {
    kind: 'INPUT_OBJECT'
    name: 'SopToManyFailedResponseFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'FailedResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'FailedResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'FailedResponseFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  SopToManyFailurePatternFilter: {
    kind: 'INPUT_OBJECT'
    name: 'SopToManyFailurePatternFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'FailurePatternFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'FailurePatternFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'FailurePatternFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  SopToManyImprovementQueueFilter: {
    kind: 'INPUT_OBJECT'
    name: 'SopToManyImprovementQueueFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  SopToManyKnowledgeBaseFilter: {
    kind: 'INPUT_OBJECT'
    name: 'SopToManyKnowledgeBaseFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'KnowledgeBaseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'KnowledgeBaseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'KnowledgeBaseFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  SopToManyResponseSourceFilter: {
    kind: 'INPUT_OBJECT'
    name: 'SopToManyResponseSourceFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseSourceFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseSourceFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseSourceFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  SopToManySopVersionFilter: {
    kind: 'INPUT_OBJECT'
    name: 'SopToManySopVersionFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'SopVersionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'SopVersionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'SopVersionFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  SopUsage: {
    kind: 'OBJECT'
    name: 'SopUsage'
    fields: {
      category: { name: 'category'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      helpful: { name: 'helpful'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      lastCitedAt: { name: 'lastCitedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      section: { name: 'section'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      sopId: { name: 'sopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      timesCited: { name: 'timesCited'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      unhelpful: { name: 'unhelpful'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      version: { name: 'version'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
    }
  }
  SopUsageCondition: {
    kind: 'INPUT_OBJECT'
    name: 'SopUsageCondition'
    isOneOf: false
    inputFields: [
      { name: 'category'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'helpful'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'lastCitedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'section'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'sopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'timesCited'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'unhelpful'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null }; defaultValue: null },
      { name: 'version'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  SopUsageConnection: {
    kind: 'OBJECT'
    name: 'SopUsageConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'SopUsageEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'SopUsage'; ofType: null } }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  SopUsageEdge: {
    kind: 'OBJECT'
    name: 'SopUsageEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'SopUsage'; ofType: null } }
    }
  }
  SopUsageFilter: {
    kind: 'INPUT_OBJECT'
    name: 'SopUsageFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'SopUsageFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'category'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'helpful'
        type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'lastCitedAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'SopUsageFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'SopUsageFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'section'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'sopId'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'timesCited'
        type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'unhelpful'
        type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'version'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  SopUsageOrderBy: {
    name: 'SopUsageOrderBy'
    enumValues:
      | 'CATEGORY_ASC'
      | 'CATEGORY_DESC'
      | 'HELPFUL_ASC'
      | 'HELPFUL_DESC'
      | 'LAST_CITED_AT_ASC'
      | 'LAST_CITED_AT_DESC'
      | 'NATURAL'
      | 'SECTION_ASC'
      | 'SECTION_DESC'
      | 'SOP_ID_ASC'
      | 'SOP_ID_DESC'
      | 'TIMES_CITED_ASC'
      | 'TIMES_CITED_DESC'
      | 'UNHELPFUL_ASC'
      | 'UNHELPFUL_DESC'
      | 'VERSION_ASC'
      | 'VERSION_DESC'
  }
  SopVersion: {
    kind: 'OBJECT'
    name: 'SopVersion'
    fields: {
      archived: {
        name: 'archived'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } }
      }
      category: {
        name: 'category'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      changeReason: {
        name: 'changeReason'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      changedBy: {
        name: 'changedBy'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      content: {
        name: 'content'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      contentHtml: { name: 'contentHtml'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      diffSummary: { name: 'diffSummary'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      improvement: { name: 'improvement'; type: { kind: 'OBJECT'; name: 'ImprovementQueue'; ofType: null } }
      improvementId: { name: 'improvementId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      previousVersion: { name: 'previousVersion'; type: { kind: 'OBJECT'; name: 'SopVersion'; ofType: null } }
      previousVersionId: { name: 'previousVersionId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      recordedAt: {
        name: 'recordedAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      responseSources: {
        name: 'responseSources'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'ResponseSourceConnection'; ofType: null }
        }
      }
      section: {
        name: 'section'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      sop: { name: 'sop'; type: { kind: 'OBJECT'; name: 'Sop'; ofType: null } }
      sopId: {
        name: 'sopId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      sopVersionsByPreviousVersionId: {
        name: 'sopVersionsByPreviousVersionId'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'SopVersionConnection'; ofType: null }
        }
      }
      version: {
        name: 'version'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  SopVersionCondition: {
    kind: 'INPUT_OBJECT'
    name: 'SopVersionCondition'
    isOneOf: false
    inputFields: [
      { name: 'category'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'createdAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'improvementId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'previousVersionId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'section'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'sopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'version'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  SopVersionConnection: {
    kind: 'OBJECT'
    name: 'SopVersionConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'SopVersionEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'SopVersion'; ofType: null } }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  SopVersionEdge: {
    kind: 'OBJECT'
    name: 'SopVersionEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'SopVersion'; ofType: null } }
    }
  }
  SopVersionFilter: {
    kind: 'INPUT_OBJECT'
    name: 'SopVersionFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'SopVersionFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'category'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'createdAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'improvement'
        type: { kind: 'INPUT_OBJECT'; name: 'ImprovementQueueFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'improvementExists'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'improvementId'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'SopVersionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'SopVersionFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'previousVersion'
        type: { kind: 'INPUT_OBJECT'; name: 'SopVersionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'previousVersionExists'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'previousVersionId'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'responseSources'
        type: { kind: 'INPUT_OBJECT'; name: 'SopVersionToManyResponseSourceFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'responseSourcesExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'section'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'sop'; type: { kind: 'INPUT_OBJECT'; name: 'SopFilter'; ofType: null }; defaultValue: null },
      { name: 'sopId'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'sopVersionsByPreviousVersionId'
        type: { kind: 'INPUT_OBJECT'; name: 'SopVersionToManySopVersionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'sopVersionsByPreviousVersionIdExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'version'
        type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  SopVersionOrderBy: {
    name: 'SopVersionOrderBy'
    enumValues:
      | 'CATEGORY_ASC'
      | 'CATEGORY_DESC'
      | 'CREATED_AT_ASC'
      | 'CREATED_AT_DESC'
      | 'ID_ASC'
      | 'ID_DESC'
      | 'IMPROVEMENT_ID_ASC'
      | 'IMPROVEMENT_ID_DESC'
      | 'NATURAL'
      | 'PREVIOUS_VERSION_ID_ASC'
      | 'PREVIOUS_VERSION_ID_DESC'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'SECTION_ASC'
      | 'SECTION_DESC'
      | 'SOP_ID_ASC'
      | 'SOP_ID_DESC'
      | 'VERSION_ASC'
      | 'VERSION_DESC'
  }
  SopVersionToManyResponseSourceFilter: {
    kind: 'INPUT_OBJECT'
    name: 'SopVersionToManyResponseSourceFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseSourceFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseSourceFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseSourceFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  SopVersionToManySopVersionFilter: {
    kind: 'INPUT_OBJECT'
    name: 'SopVersionToManySopVersionFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'SopVersionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'SopVersionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'SopVersionFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  Source: {
    kind: 'OBJECT'
    name: 'Source'
    fields: {
      category: {
        name: 'category'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      cited: { name: 'cited'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } }
      heading: { name: 'heading'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      kind: {
        name: 'kind'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      knowledgeId: { name: 'knowledgeId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      matched: { name: 'matched'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      rank: {
        name: 'rank'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      score: {
        name: 'score'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } }
      }
      snippet: {
        name: 'snippet'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      sopId: { name: 'sopId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      title: {
        name: 'title'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      topic: {
        name: 'topic'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      trust: { name: 'trust'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      version: { name: 'version'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
    }
  }
  StartConversationInput: {
    kind: 'INPUT_OBJECT'
    name: 'StartConversationInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'site'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  StartConversationPayload: {
    kind: 'OBJECT'
    name: 'StartConversationPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'Ticket'; ofType: null } }
      ticketEdge: { name: 'ticketEdge'; type: { kind: 'OBJECT'; name: 'TicketEdge'; ofType: null } }
    }
  }
  String: unknown
  StringFilter: {
    kind: 'INPUT_OBJECT'
    name: 'StringFilter'
    isOneOf: false
    inputFields: [
      { name: 'distinctFrom'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'distinctFromInsensitive'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'endsWith'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'endsWithInsensitive'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'equalTo'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'equalToInsensitive'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'greaterThan'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'greaterThanInsensitive'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      {
        name: 'greaterThanOrEqualTo'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      {
        name: 'greaterThanOrEqualToInsensitive'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      {
        name: 'in'
        type: {
          kind: 'LIST'
          name: never
          ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
        }
        defaultValue: null
      },
      {
        name: 'inInsensitive'
        type: {
          kind: 'LIST'
          name: never
          ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
        }
        defaultValue: null
      },
      { name: 'includes'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'includesInsensitive'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'isNull'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'lessThan'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'lessThanInsensitive'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      {
        name: 'lessThanOrEqualTo'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      {
        name: 'lessThanOrEqualToInsensitive'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'like'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'likeInsensitive'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'notDistinctFrom'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'notDistinctFromInsensitive'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'notEndsWith'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'notEndsWithInsensitive'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'notEqualTo'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'notEqualToInsensitive'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      {
        name: 'notIn'
        type: {
          kind: 'LIST'
          name: never
          ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
        }
        defaultValue: null
      },
      {
        name: 'notInInsensitive'
        type: {
          kind: 'LIST'
          name: never
          ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
        }
        defaultValue: null
      },
      { name: 'notIncludes'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'notIncludesInsensitive'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'notLike'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'notLikeInsensitive'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'notStartsWith'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'notStartsWithInsensitive'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'startsWith'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      {
        name: 'startsWithInsensitive'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
    ]
  }
  Subscription: {
    kind: 'OBJECT'
    name: 'Subscription'
    fields: {
      queueChanged: { name: 'queueChanged'; type: { kind: 'OBJECT'; name: 'RowEvent'; ofType: null } }
      ticketsChanged: { name: 'ticketsChanged'; type: { kind: 'OBJECT'; name: 'RowEvent'; ofType: null } }
    }
  }
  TakeOverInput: {
    kind: 'INPUT_OBJECT'
    name: 'TakeOverInput'
    isOneOf: false
    inputFields: [
      {
        name: 'clientMutationId'
        type: { kind: 'SCALAR'; name: 'String'; ofType: null }
        defaultValue: null
      },
      { name: 'ticketId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  TakeOverPayload: {
    kind: 'OBJECT'
    name: 'TakeOverPayload'
    fields: {
      clientMutationId: { name: 'clientMutationId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      query: { name: 'query'; type: { kind: 'OBJECT'; name: 'Query'; ofType: null } }
      result: { name: 'result'; type: { kind: 'OBJECT'; name: 'Ticket'; ofType: null } }
      ticketEdge: { name: 'ticketEdge'; type: { kind: 'OBJECT'; name: 'TicketEdge'; ofType: null } }
    }
  }
  Ticket: {
    kind: 'OBJECT'
    name: 'Ticket'
    fields: {
      assignee: { name: 'assignee'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      category: { name: 'category'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      conversation: {
        name: 'conversation'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'UUID'; ofType: null } }
      }
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      erasedAt: { name: 'erasedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      messages: {
        name: 'messages'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'MessageConnection'; ofType: null }
        }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      priority: {
        name: 'priority'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      resolution: { name: 'resolution'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      resolvedAt: { name: 'resolvedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      resolvedBy: { name: 'resolvedBy'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      responses: {
        name: 'responses'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'ResponseConnection'; ofType: null }
        }
      }
      silentUntil: { name: 'silentUntil'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      site: { name: 'site'; type: { kind: 'OBJECT'; name: 'Site'; ofType: null } }
      siteId: { name: 'siteId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      status: {
        name: 'status'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      subject: { name: 'subject'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      summary: { name: 'summary'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      updatedAt: {
        name: 'updatedAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      visitorId: { name: 'visitorId'; type: { kind: 'SCALAR'; name: 'UUID'; ofType: null } }
    }
  }
  TicketCondition: {
    kind: 'INPUT_OBJECT'
    name: 'TicketCondition'
    isOneOf: false
    inputFields: [
      { name: 'conversation'; type: { kind: 'SCALAR'; name: 'UUID'; ofType: null }; defaultValue: null },
      { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'priority'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'siteId'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'status'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'updatedAt'; type: { kind: 'SCALAR'; name: 'Datetime'; ofType: null }; defaultValue: null },
      { name: 'visitorId'; type: { kind: 'SCALAR'; name: 'UUID'; ofType: null }; defaultValue: null },
    ]
  }
  TicketConnection: {
    kind: 'OBJECT'
    name: 'TicketConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'TicketEdge'; ofType: null } }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'Ticket'; ofType: null } }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  TicketEdge: {
    kind: 'OBJECT'
    name: 'TicketEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'Ticket'; ofType: null } }
    }
  }
  TicketFilter: {
    kind: 'INPUT_OBJECT'
    name: 'TicketFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'TicketFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'conversation'
        type: { kind: 'INPUT_OBJECT'; name: 'UUIDFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'messages'
        type: { kind: 'INPUT_OBJECT'; name: 'TicketToManyMessageFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'messagesExist'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'not'; type: { kind: 'INPUT_OBJECT'; name: 'TicketFilter'; ofType: null }; defaultValue: null },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'TicketFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'priority'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'responses'
        type: { kind: 'INPUT_OBJECT'; name: 'TicketToManyResponseFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'responsesExist'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'site'; type: { kind: 'INPUT_OBJECT'; name: 'SiteFilter'; ofType: null }; defaultValue: null },
      { name: 'siteExists'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'siteId'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'status'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'updatedAt'
        type: { kind: 'INPUT_OBJECT'; name: 'DatetimeFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'visitorId'
        type: { kind: 'INPUT_OBJECT'; name: 'UUIDFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  TicketOrderBy: {
    name: 'TicketOrderBy'
    enumValues:
      | 'CONVERSATION_ASC'
      | 'CONVERSATION_DESC'
      | 'ID_ASC'
      | 'ID_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'PRIORITY_ASC'
      | 'PRIORITY_DESC'
      | 'SITE_ID_ASC'
      | 'SITE_ID_DESC'
      | 'STATUS_ASC'
      | 'STATUS_DESC'
      | 'UPDATED_AT_ASC'
      | 'UPDATED_AT_DESC'
      | 'VISITOR_ID_ASC'
      | 'VISITOR_ID_DESC'
  }
  TicketToManyMessageFilter: {
    kind: 'INPUT_OBJECT'
    name: 'TicketToManyMessageFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'MessageFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'MessageFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'MessageFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  TicketToManyResponseFilter: {
    kind: 'INPUT_OBJECT'
    name: 'TicketToManyResponseFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'ResponseFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  UUID: unknown
  UUIDFilter: {
    kind: 'INPUT_OBJECT'
    name: 'UUIDFilter'
    isOneOf: false
    inputFields: [
      { name: 'distinctFrom'; type: { kind: 'SCALAR'; name: 'UUID'; ofType: null }; defaultValue: null },
      { name: 'equalTo'; type: { kind: 'SCALAR'; name: 'UUID'; ofType: null }; defaultValue: null },
      { name: 'greaterThan'; type: { kind: 'SCALAR'; name: 'UUID'; ofType: null }; defaultValue: null },
      {
        name: 'greaterThanOrEqualTo'
        type: { kind: 'SCALAR'; name: 'UUID'; ofType: null }
        defaultValue: null
      },
      {
        name: 'in'
        type: {
          kind: 'LIST'
          name: never
          ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'UUID'; ofType: null } }
        }
        defaultValue: null
      },
      { name: 'isNull'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      { name: 'lessThan'; type: { kind: 'SCALAR'; name: 'UUID'; ofType: null }; defaultValue: null },
      { name: 'lessThanOrEqualTo'; type: { kind: 'SCALAR'; name: 'UUID'; ofType: null }; defaultValue: null },
      { name: 'notDistinctFrom'; type: { kind: 'SCALAR'; name: 'UUID'; ofType: null }; defaultValue: null },
      { name: 'notEqualTo'; type: { kind: 'SCALAR'; name: 'UUID'; ofType: null }; defaultValue: null },
      {
        name: 'notIn'
        type: {
          kind: 'LIST'
          name: never
          ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'UUID'; ofType: null } }
        }
        defaultValue: null
      },
    ]
  }
  User: {
    kind: 'OBJECT'
    name: 'User'
    fields: {
      apiTokens: {
        name: 'apiTokens'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'ApiTokenConnection'; ofType: null }
        }
      }
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      email: {
        name: 'email'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      isActive: {
        name: 'isActive'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } }
      }
      name: {
        name: 'name'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      notifications: {
        name: 'notifications'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'NotificationConnection'; ofType: null }
        }
      }
      role: {
        name: 'role'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      sessions: {
        name: 'sessions'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'SessionConnection'; ofType: null }
        }
      }
      status: { name: 'status'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      updatedAt: {
        name: 'updatedAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
    }
  }
  UserCondition: {
    kind: 'INPUT_OBJECT'
    name: 'UserCondition'
    isOneOf: false
    inputFields: [
      { name: 'email'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
    ]
  }
  UserConnection: {
    kind: 'OBJECT'
    name: 'UserConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'UserEdge'; ofType: null } }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'User'; ofType: null } }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  UserEdge: {
    kind: 'OBJECT'
    name: 'UserEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'User'; ofType: null } }
    }
  }
  UserFilter: {
    kind: 'INPUT_OBJECT'
    name: 'UserFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'UserFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'apiTokens'
        type: { kind: 'INPUT_OBJECT'; name: 'UserToManyApiTokenFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'apiTokensExist'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      {
        name: 'email'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      { name: 'not'; type: { kind: 'INPUT_OBJECT'; name: 'UserFilter'; ofType: null }; defaultValue: null },
      {
        name: 'notifications'
        type: { kind: 'INPUT_OBJECT'; name: 'UserToManyNotificationFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'notificationsExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'UserFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'sessions'
        type: { kind: 'INPUT_OBJECT'; name: 'UserToManySessionFilter'; ofType: null }
        defaultValue: null
      },
      { name: 'sessionsExist'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
      {
        name: 'status'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  UserOrderBy: {
    name: 'UserOrderBy'
    enumValues:
      | 'EMAIL_ASC'
      | 'EMAIL_DESC'
      | 'ID_ASC'
      | 'ID_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
  }
  UserToManyApiTokenFilter: {
    kind: 'INPUT_OBJECT'
    name: 'UserToManyApiTokenFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'ApiTokenFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'ApiTokenFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'ApiTokenFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  UserToManyNotificationFilter: {
    kind: 'INPUT_OBJECT'
    name: 'UserToManyNotificationFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'NotificationFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'NotificationFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'NotificationFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  UserToManySessionFilter: {
    kind: 'INPUT_OBJECT'
    name: 'UserToManySessionFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'SessionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'SessionFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'SessionFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  VerifyAuditLogConnection: {
    kind: 'OBJECT'
    name: 'VerifyAuditLogConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'VerifyAuditLogEdge'; ofType: null }
          }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: {
            kind: 'LIST'
            name: never
            ofType: { kind: 'OBJECT'; name: 'VerifyAuditLogRecord'; ofType: null }
          }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  VerifyAuditLogEdge: {
    kind: 'OBJECT'
    name: 'VerifyAuditLogEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'VerifyAuditLogRecord'; ofType: null } }
    }
  }
  VerifyAuditLogRecord: {
    kind: 'OBJECT'
    name: 'VerifyAuditLogRecord'
    fields: {
      auditId: { name: 'auditId'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      chainPosition: { name: 'chainPosition'; type: { kind: 'SCALAR'; name: 'BigInt'; ofType: null } }
      problem: { name: 'problem'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } }
    }
  }
  VerifyAuditLogRecordFilter: {
    kind: 'INPUT_OBJECT'
    name: 'VerifyAuditLogRecordFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'VerifyAuditLogRecordFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'auditId'
        type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'chainPosition'
        type: { kind: 'INPUT_OBJECT'; name: 'BigIntFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'VerifyAuditLogRecordFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'VerifyAuditLogRecordFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      {
        name: 'problem'
        type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
  Webhook: {
    kind: 'OBJECT'
    name: 'Webhook'
    fields: {
      createdAt: {
        name: 'createdAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      createdBy: {
        name: 'createdBy'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
      events: {
        name: 'events'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
        }
      }
      id: {
        name: 'id'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
      isActive: {
        name: 'isActive'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } }
      }
      nodeId: {
        name: 'nodeId'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } }
      }
      notifications: {
        name: 'notifications'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'OBJECT'; name: 'NotificationConnection'; ofType: null }
        }
      }
      updatedAt: {
        name: 'updatedAt'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Datetime'; ofType: null } }
      }
      url: {
        name: 'url'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } }
      }
    }
  }
  WebhookCondition: {
    kind: 'INPUT_OBJECT'
    name: 'WebhookCondition'
    isOneOf: false
    inputFields: [
      { name: 'id'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
      { name: 'url'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
    ]
  }
  WebhookConnection: {
    kind: 'OBJECT'
    name: 'WebhookConnection'
    fields: {
      edges: {
        name: 'edges'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'WebhookEdge'; ofType: null } }
        }
      }
      nodes: {
        name: 'nodes'
        type: {
          kind: 'NON_NULL'
          name: never
          ofType: { kind: 'LIST'; name: never; ofType: { kind: 'OBJECT'; name: 'Webhook'; ofType: null } }
        }
      }
      pageInfo: {
        name: 'pageInfo'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } }
      }
      totalCount: {
        name: 'totalCount'
        type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } }
      }
    }
  }
  WebhookEdge: {
    kind: 'OBJECT'
    name: 'WebhookEdge'
    fields: {
      cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } }
      node: { name: 'node'; type: { kind: 'OBJECT'; name: 'Webhook'; ofType: null } }
    }
  }
  WebhookFilter: {
    kind: 'INPUT_OBJECT'
    name: 'WebhookFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'and'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'WebhookFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      { name: 'id'; type: { kind: 'INPUT_OBJECT'; name: 'IntFilter'; ofType: null }; defaultValue: null },
      {
        name: 'not'
        type: { kind: 'INPUT_OBJECT'; name: 'WebhookFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'notifications'
        type: { kind: 'INPUT_OBJECT'; name: 'WebhookToManyNotificationFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'notificationsExist'
        type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }
        defaultValue: null
      },
      {
        name: 'or'
        type: {
          kind: 'LIST'
          name: never
          ofType: {
            kind: 'NON_NULL'
            name: never
            ofType: { kind: 'INPUT_OBJECT'; name: 'WebhookFilter'; ofType: null }
          }
        }
        defaultValue: null
      },
      { name: 'url'; type: { kind: 'INPUT_OBJECT'; name: 'StringFilter'; ofType: null }; defaultValue: null },
    ]
  }
  WebhookOrderBy: {
    name: 'WebhookOrderBy'
    enumValues:
      | 'ID_ASC'
      | 'ID_DESC'
      | 'NATURAL'
      | 'PRIMARY_KEY_ASC'
      | 'PRIMARY_KEY_DESC'
      | 'URL_ASC'
      | 'URL_DESC'
  }
  WebhookToManyNotificationFilter: {
    kind: 'INPUT_OBJECT'
    name: 'WebhookToManyNotificationFilter'
    isOneOf: false
    inputFields: [
      {
        name: 'every'
        type: { kind: 'INPUT_OBJECT'; name: 'NotificationFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'none'
        type: { kind: 'INPUT_OBJECT'; name: 'NotificationFilter'; ofType: null }
        defaultValue: null
      },
      {
        name: 'some'
        type: { kind: 'INPUT_OBJECT'; name: 'NotificationFilter'; ofType: null }
        defaultValue: null
      },
    ]
  }
}

/** An IntrospectionQuery representation of your schema.
 *
 * @remarks
 * This is an introspection of your schema saved as a file by GraphQLSP.
 * It will automatically be used by `gql.tada` to infer the types of your GraphQL documents.
 * If you need to reuse this data or update your `scalars`, update `tadaOutputLocation` to
 * instead save to a .ts instead of a .d.ts file.
 */
export type introspection = {
  name: never
  query: 'Query'
  mutation: 'Mutation'
  subscription: 'Subscription'
  types: introspection_types
}

import * as gqlTada from 'gql.tada'

declare module 'gql.tada' {
  interface setupSchema {
    introspection: introspection
  }
}
